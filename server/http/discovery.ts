import { Discovery, OIDC_START_PATH, PARSE_APP_ID, PARSE_PATH, PEER_PATH, PRESENCE_PATH, SUBPROTOCOL } from "#protocol";
import packageJson from "../../package.json" with { type: "json" };

/** What a client needs to know of a server at this address (without a slash at its end). */
export function discoveryOf(
  publicUrl: string,
  {
    registration,
    oidcName,
    mail,
  }: { registration: Discovery["registration"]; oidcName?: string | undefined; mail: boolean },
): Discovery {
  const oidc = oidcName === undefined ? undefined : { name: oidcName, startUrl: publicUrl + OIDC_START_PATH };
  return {
    product: "beckon",
    version: packageJson.version,
    protocols: [SUBPROTOCOL],
    parse: { url: publicUrl + PARSE_PATH, appId: PARSE_APP_ID },
    // http becomes ws, https becomes wss.
    presence: { url: publicUrl.replace(/^http/, "ws") + PRESENCE_PATH },
    peer: { path: PEER_PATH },
    signIn: ["password", ...(oidc === undefined ? [] : ["oidc"])],
    ...(oidc === undefined ? {} : { oidc }),
    registration,
    mail,
    features: ["presence", "calls"],
  };
}

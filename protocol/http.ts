import * as v from "valibot";

/** Paths of the one origin that a server answers on. */
export const DISCOVERY_PATH = "/.well-known/beckon";
export const HEALTH_PATH = "/healthz";
export const READY_PATH = "/readyz";
export const PARSE_PATH = "/parse";
export const PRESENCE_PATH = "/presence";
export const PEER_PATH = "/peer";
/** PeerJS's `key`: the name of the one realm, no secret. */
export const PEER_KEY = "beckon";
export const PARSE_APP_ID = "beckon";
/** Pictures of people, behind which an unguessable name stands. */
export const AVATARS_PATH = "/avatars";
/** Pages for people; the code of an invite link stands behind the first. */
export const INVITE_PATH = "/i";
export const VERIFY_PATH = "/verify";
export const RESET_PATH = "/reset";
export const ADDRESS_PATH = "/address";
/** Sign-in by the operator's OpenID provider: where a browser sets out, and where it comes back. */
export const OIDC_START_PATH = "/oidc/start";
export const OIDC_CALLBACK_PATH = "/oidc/callback";
/** Why somebody sets out: to sign in, or to show that they are the account's owner before a change. [DEC-46, DEC-60] */
export const OidcPurpose = v.picklist(["sign-in", "proof"]);
export type OidcPurpose = v.InferOutput<typeof OidcPurpose>;

/** What `GET /.well-known/beckon` answers: a client is given the server's address and finds the rest here. */
export const Discovery = v.object({
  product: v.literal("beckon"),
  version: v.string(),
  protocols: v.array(v.string()),
  parse: v.object({ url: v.pipe(v.string(), v.url()), appId: v.string() }),
  presence: v.object({ url: v.pipe(v.string(), v.url()) }),
  peer: v.object({ path: v.string() }),
  /** `password`, and `oidc` where the operator has a provider. */
  signIn: v.array(v.string()),
  /** The provider by the name that its button bears, and where a browser sets out to it. */
  oidc: v.optional(v.object({ name: v.string(), startUrl: v.pipe(v.string(), v.url()) })),
  registration: v.picklist(["open", "invite", "closed"]),
  /** Whether it sends mail; an older server does not say. [DEC-55] */
  mail: v.optional(v.boolean()),
  features: v.array(v.string()),
});
export type Discovery = v.InferOutput<typeof Discovery>;

export const Health = v.object({
  status: v.picklist(["ok", "unavailable"]),
  database: v.optional(v.picklist(["ok", "unavailable"])),
});
export type Health = v.InferOutput<typeof Health>;

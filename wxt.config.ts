import type { Plugin } from "vite";
import { defineConfig } from "wxt";

/**
 * What extension pages may load and reach. No code, style or frame from elsewhere. Pictures and connections go to whatever
 * server the person names, so any host must be allowed; that plain `http:` and `ws:` are for loopback alone is checked
 * where an address is read (shell/server-address.ts), since a content security policy cannot write `[::1]`.
 */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob: https: http://localhost:* http://127.0.0.1:*", // also the server's: pictures of people
  "font-src 'self'",
  "media-src 'self' blob: data:",
  "connect-src 'self' https: wss: http: ws:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** Each permission with its reason. Host permissions at the install there are none: a Beckon server answers any origin (CORS `*`). */
const permissions = [
  "storage", // the session, the contacts as last known, and the state that outlives the background
  "notifications", // an incoming call shows itself outside the browser's window
  "alarms", // deadlines that outlive the background, and its return within 30 s
  "identity", // the window of a sign-in by the operator's provider, where the server has one
  "idle", // "away" while nobody is at this device
];
const chromePermissions = [
  "offscreen", // a service worker cannot play the ring; an offscreen document can
];

/**
 * Given by nobody at the install: the person may allow the one origin of their server, so that its invite links open in
 * Beckon by themselves (shell/invite-links.ts). Plain `http:` is for a server on the same machine.
 */
const optionalOrigins = ["https://*/*", "http://localhost/*", "http://127.0.0.1/*"];

/** The server that this build offers at first, by BECKON_SERVER; a person may name another. */
function offeredServer(): string {
  const given = process.env["BECKON_SERVER"] ?? "";
  if (given === "") return "";
  const { protocol, hostname, origin } = new URL(given);
  const isSafe = protocol === "https:" || (protocol === "http:" && ["localhost", "127.0.0.1"].includes(hostname));
  if (!isSafe) throw new Error(`BECKON_SERVER is ${given}; it must begin with https://, or lead to this machine.`);
  return origin;
}

export default defineConfig({
  srcDir: "extension",
  publicDir: "extension/public",
  modules: ["@wxt-dev/module-svelte"],
  // Everything is imported by path, so that a reader and the lint rules see where it comes from.
  imports: false,
  vite: () => ({
    define: { "import.meta.env.BECKON_SERVER": JSON.stringify(offeredServer()) },
    plugins: [preloadPeerJs()],
  }),
  manifest: ({ browser }) => ({
    name: "__MSG_extensionName__",
    short_name: "Beckon",
    description: "__MSG_extensionDescription__",
    default_locale: "en",
    icons: icons(),
    permissions: browser === "firefox" ? permissions : [...permissions, ...chromePermissions],
    commands: {
      [browser === "firefox" ? "_execute_browser_action" : "_execute_action"]: {
        // Not with a B: that is Chrome's own for its bookmarks, and what is its own it gives to nobody.
        suggested_key: { default: "Alt+Shift+K" },
      },
      // No key answers a call: none must be answered by what somebody was typing.
      "toggle-microphone": { suggested_key: { default: "Alt+Shift+M" }, description: "__MSG_toggleMicrophone__" },
      // Firefox hands no key on to a page, without which no window opens.
      ...(browser === "firefox"
        ? {}
        : { "toggle-picture": { suggested_key: { default: "Alt+Shift+O" }, description: "__MSG_togglePicture__" } }),
    },
    action: { default_title: "__MSG_actionTitle__", default_icon: icons() },
    content_security_policy: browser === "firefox" ? contentSecurityPolicy : { extension_pages: contentSecurityPolicy },
    ...(browser === "firefox"
      ? {
          optional_permissions: optionalOrigins,
          browser_specific_settings: {
            gecko: {
              id: "beckon@beckon.extension",
              strict_min_version: "140.0",
              // What a person does here travels to the server that they named, and to nobody else.
              data_collection_permissions: {
                required: ["authenticationInfo", "personallyIdentifyingInfo", "personalCommunications"],
              },
            },
          },
        }
      : {
          optional_host_permissions: optionalOrigins,
          // Before 120 an alarm came once a minute at most: too late for the floor of 30 s.
          minimum_chrome_version: "120",
          // No web page and no other extension may speak to ours.
          externally_connectable: { ids: [] },
        }),
  }),
});

/** The call's page asks for PeerJS by itself, which the bundler does not tell the browser beforehand. */
function preloadPeerJs(): Plugin {
  return {
    name: "preload-peerjs",
    transformIndexHtml: {
      order: "post",
      handler(_html, { path, bundle }) {
        // While developing nothing is bundled.
        if (bundle === undefined || !path.includes("call")) return [];
        const chunk = Object.values(bundle).find((file) => file.type === "chunk" && file.name === "peerjs");
        if (chunk === undefined) throw new Error("PeerJS is no chunk of its own any more.");
        return [{ tag: "link", attrs: { rel: "modulepreload", crossorigin: true, href: `/${chunk.fileName}` } }];
      },
    },
  };
}

function icons(): Record<string, string> {
  return Object.fromEntries([16, 32, 48, 128].map((size) => [String(size), `icons/${String(size)}.png`]));
}

import type { ActiveCall, CallId, ClientMessage } from "#protocol";
import type { WatchEffect } from "./call-types.ts";

/** What cannot be compared with the world and is done once, in order. The rest is in `Outward`. */
export type AppEffect =
  /** Opens a socket and lets any older one go; its events carry this number. */
  | { type: "open-socket"; socket: number; url: string }
  | { type: "close-socket"; socket: number }
  /** Sends `hello`; the shell adds the token and the device. */
  | { type: "hello"; socket: number; idle: boolean; active: ActiveCall[] }
  | { type: "send"; socket: number; message: Exclude<ClientMessage, { type: "hello" }> }
  /** Reads the contact list; answer with `contacts-listed` or `contacts-refused`. */
  | { type: "list-contacts"; reading: number }
  /** Reads the person's calls; answer with `calls-listed` or `calls-refused`. */
  | { type: "list-calls"; reading: number; limit: number; before?: string }
  /** Every missed call was seen; the server tells every device so. Answer with `seen-refused` where it could not be told. */
  | { type: "mark-calls-seen" }
  /** Makes sure that a call tab shows this call; the tab of `replacing`, where it is still open, is used for it. */
  | { type: "open-call-tab"; call: CallId; replacing?: CallId }
  | { type: "focus-call-tab"; call: CallId }
  | WatchEffect
  /** Hands data of the other side to the call page. */
  | { type: "signal-page"; call: CallId; data: unknown }
  /** Takes back what the person allowed for the invite links of a server that they have left for another. */
  | { type: "forget-links"; server: string }
  /** Forgets the session's token; `revoke`: tells Parse first, as well as it can (`logout`). */
  | { type: "forget-token"; revoke: boolean };

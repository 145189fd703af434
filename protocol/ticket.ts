import * as v from "valibot";
import { PeerId } from "./ids.ts";
import { Span } from "./vocabulary.ts";

/** As `RTCIceServer` of W3C WebRTC takes it. */
export const IceServer = v.object({
  urls: v.array(v.string()),
  username: v.optional(v.string()),
  credential: v.optional(v.string()),
});
export type IceServer = v.InferOutput<typeof IceServer>;

/**
 * A short-lived pass to PeerServer for one call. `expires` is in ms from now, and so is `iceExpires`, when the relay takes
 * the credentials no more; where it is missing there is no relay, or nothing is known of it. [DEC-56]
 */
export const Ticket = v.object({
  peer: v.object({ path: v.string(), key: v.string() }),
  self: PeerId,
  token: v.string(),
  remote: PeerId,
  iceServers: v.array(IceServer),
  expires: Span,
  iceExpires: v.optional(Span),
});
export type Ticket = v.InferOutput<typeof Ticket>;

/** The two random ends of one call's media, as one side sees them. */
export interface PeerEnds {
  self: PeerId;
  remote: PeerId;
}

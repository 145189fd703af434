import type { PeerId } from "#protocol";

/** What a browser's PeerJS sends to the other side; all else is the server's to say. */
const FORWARDED: ReadonlySet<unknown> = new Set(["OFFER", "ANSWER", "CANDIDATE", "LEAVE"]);

/**
 * Whether PeerServer may act on a frame of someone whose ticket names `remote`: a heartbeat, or a frame to the call's
 * other side. Anything else would reach strangers, or wait in memory for an id that never comes.
 */
export function isForTheCall(frame: object, remote: PeerId): boolean {
  const { type, dst } = frame as { type?: unknown; dst?: unknown };
  if (type === "HEARTBEAT") return true;
  return FORWARDED.has(type) && dst === remote;
}

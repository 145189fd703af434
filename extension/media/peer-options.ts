import type { IceServer, Ticket } from "#protocol";
import type { PeerOptions } from "peerjs";
import { REFUSED_DATA } from "./refused-data.ts";

export interface MediaWay {
  /** Of the server, for PeerServer. */
  origin: string;
  /** The media goes through a relay alone, so that the other side learns no address of ours. */
  relayOnly: boolean;
}

/** One way for everything, as every browser takes it: so there is but one to gather for. */
export function iceOf({ iceServers }: Ticket, { relayOnly }: MediaWay): RTCConfiguration {
  const policy = relayOnly ? "relay" : "all";
  return { iceServers: serversOf(iceServers), iceTransportPolicy: policy, bundlePolicy: "max-bundle" };
}

/** As the browser takes them. */
export function serversOf(iceServers: readonly IceServer[]): RTCIceServer[] {
  return iceServers.map(({ urls, username = "", credential = "" }) => ({ urls, username, credential }));
}

/**
 * Nothing of PeerJS's defaults is left, since they lead to others' servers. What its trial of the browser names when it is
 * loaded gathers nothing, and so asks nobody.
 */
export function optionsOf(ticket: Ticket, way: MediaWay): PeerOptions {
  const server = new URL(way.origin);
  const secure = server.protocol === "https:";
  // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- a class in PeerJS's types alone
  return {
    host: server.hostname,
    port: server.port === "" ? (secure ? 443 : 80) : Number(server.port),
    secure,
    path: ticket.peer.path,
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- for PeerJS's own cloud; a PeerServer asks for it still
    key: ticket.peer.key,
    token: ticket.token,
    config: iceOf(ticket, way),
    serializers: REFUSED_DATA,
  };
}

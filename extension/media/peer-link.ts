import type { IceServer, Ticket } from "#protocol";
import type { MediaConnection, Peer, PeerError } from "peerjs";
import { iceOf, type MediaWay, optionsOf, serversOf } from "./peer-options.ts";
import { addLines, type FirstTracks, handing, prepareConnection } from "./prepared-connection.ts";

/** An SDP description as the link's signals carry it. */
export interface Description {
  type: "offer" | "answer";
  sdp: string;
}

/** What is sent when the connection is made. */
export interface FirstSent {
  /** By the side that dials, which waits for nothing. */
  soFar: () => FirstTracks;
  /** By the side that is dialled: a track of each kind. */
  whole: () => MediaStream;
}

export interface PeerLinkListener {
  /** PeerServer took this side's peer. */
  registered: () => void;
  /** The peer can do nothing more, and the link does not stand yet. */
  failed: () => void;
  /** `connectionState`; the first `connected` comes with the first decoded frame or packet of sound. */
  connection: (state: RTCPeerConnectionState) => void;
  stream: (stream: MediaStream) => void;
  /** A connection was made: what else it is to carry is put on it now. */
  made: (pc: RTCPeerConnection) => void;
}

/** How long gathering may hold back a description of an ICE restart, which carries its candidates in itself. */
const GATHER_WITHIN_MS = 2_000;
/** Before the next restart of the other side's or our own, an offer that is older has been lost. */
const UNDER_WAY_MS = 4_000;
const LOOK_FOR_MEDIA_EVERY_MS = 50;
/** Once it has flowed before: nobody counts the milliseconds of that. */
const LOOK_FOR_MORE_EVERY_MS = 200;

/**
 * The media's way to the other side: PeerJS for the first connection, and our own hand on its RTCPeerConnection for
 * everything after.
 */
export class PeerLink {
  #peer: Peer | undefined;
  /** The connection to come, which gathers its candidates already. */
  #prepared: RTCPeerConnection | undefined;
  /** Names the last registration. */
  #registration = {};
  #connection: MediaConnection | undefined;
  /** Held by ourselves: PeerJS forgets it when it believes the call to be over. */
  #pc: RTCPeerConnection | undefined;
  /** Whether media of the other side's has come, and whether it does so now. */
  #flowed = false;
  #flows = false;
  /** What had come when the connection last broke off. */
  #before = 0;
  /** When the last offer of a restart was given. */
  #offeredAt = -Infinity;
  /** One description after the other: an RTCPeerConnection takes them in order. */
  #negotiation: Promise<unknown> = Promise.resolve();
  readonly #life = new AbortController();
  readonly #way: MediaWay;
  readonly #first: FirstSent;
  readonly #listener: PeerLinkListener;

  constructor(way: MediaWay, first: FirstSent, listener: PeerLinkListener) {
    this.#way = way;
    this.#first = first;
    this.#listener = listener;
  }

  /**
   * Becomes known to PeerServer by the ticket's own id, and takes the call of the ticket's other side alone. What an
   * older ticket had begun is dropped. Meanwhile the connection to come gathers its candidates: while it rings, on the side
   * that called.
   */
  register(ticket: Ticket): void {
    this.drop();
    const registration = (this.#registration = {});
    const options = optionsOf(ticket, this.#way);
    loadPeerJs().then(
      (loaded) => {
        if (registration !== this.#registration) return;
        this.#meet(new loaded.Peer(ticket.self, options), ticket);
        // While its socket opens.
        this.#prepared = prepareConnection(iceOf(ticket, this.#way));
      },
      () => {
        if (registration === this.#registration) this.#listener.failed();
      },
    );
  }

  #meet(peer: Peer, ticket: Ticket): void {
    this.#peer = peer;
    peer.on("open", () => this.#ifCurrent(peer, () => this.#listener.registered()));
    peer.on("error", (error) => this.#ifCurrent(peer, () => this.#peerError(error, ticket)));
    peer.on("disconnected", () => this.#ifCurrent(peer, () => this.#failIfDown()));
    peer.on("call", (connection) => this.#ifCurrent(peer, () => this.#answer(connection, ticket)));
  }

  /** Calls the other side. PeerServer keeps the offer for some seconds where it is not there yet. */
  dial(ticket: Ticket): void {
    const pc = this.#takePrepared() ?? prepareConnection(iceOf(ticket, this.#way));
    addLines(pc, this.#first.soFar());
    const connection = handing(pc, () => this.#peer?.call(ticket.remote, new MediaStream()));
    if (connection !== undefined) {
      this.#adopt(connection);
      return;
    }
    pc.close();
    this.#listener.failed();
  }

  /** From its next restart of ICE on the connection goes by these. */
  useIce(iceServers: IceServer[]): void {
    this.#pc?.setConfiguration({ ...this.#pc.getConfiguration(), iceServers: serversOf(iceServers) });
  }

  /**
   * An offer that restarts ICE; undefined where there is nothing to restart. One that may be under way is given once more,
   * since nothing tells to which of two an answer belongs; not so with `anew`.
   */
  restartIce(anew = false): Promise<Description | undefined> {
    return this.#inTurn(async (pc) => {
      if (pc.signalingState === "have-local-offer") {
        if (!anew && performance.now() - this.#offeredAt < UNDER_WAY_MS) return this.#described(pc, "offer");
        await pc.setLocalDescription({ type: "rollback" });
      }
      if (pc.signalingState !== "stable") return undefined;
      await pc.setLocalDescription(await pc.createOffer({ iceRestart: true }));
      const offer = await this.#described(pc, "offer");
      this.#offeredAt = performance.now();
      return offer;
    });
  }

  /** Applies the other side's description; for an offer, returns the answer. */
  apply({ type, sdp }: Description): Promise<Description | undefined> {
    return this.#inTurn(async (pc) => {
      if (type === "answer" && pc.signalingState !== "have-local-offer") return undefined;
      await pc.setRemoteDescription({ type, sdp });
      // A connection that one side alone had given up stands as it stood, and has no change of state to tell.
      if (pc.connectionState === "connected") this.#stateChanged(pc);
      if (type === "answer") return undefined;
      await pc.setLocalDescription(await pc.createAnswer());
      return this.#described(pc, "answer");
    });
  }

  /**
   * Nothing comes any more, which counts as a connection that broke off. Where a machine gets another address, Chromium was
   * seen to call the old connection whole for 27 s more.
   */
  fellSilent(): void {
    const pc = this.#pc;
    if (pc === undefined || !this.#flows) return;
    this.#listener.connection("disconnected");
    void this.#waitForMore(pc);
  }

  /** Sends this track of its kind from now on; null sends nothing. */
  async replaceTrack(kind: "audio" | "video", track: MediaStreamTrack | null): Promise<void> {
    const line = this.#pc?.getTransceivers().find(({ receiver }) => receiver.track.kind === kind);
    await line?.sender.replaceTrack(track);
  }

  /** Leaves the other side; another ticket may be registered afterwards. */
  drop(): void {
    this.#dropConnection();
    this.#dropPeer();
  }

  /** Ends everything. */
  close(): void {
    this.#life.abort();
    this.drop();
  }

  #answer(connection: MediaConnection, ticket: Ticket): void {
    // Before the answer there is no RTCPeerConnection, so a stranger learns nothing of us. The other side may dial anew
    // where its first offer went astray, until the media flows.
    if (connection.peer !== ticket.remote || this.#flowed) {
      connection.close();
      return;
    }
    const pc = this.#takePrepared() ?? prepareConnection(iceOf(ticket, this.#way));
    handing(pc, () => connection.answer(this.#first.whole()));
    this.#adopt(connection);
  }

  #adopt(connection: MediaConnection): void {
    this.#dropConnection();
    this.#connection = connection;
    const pc = connection.peerConnection;
    this.#pc = pc;
    this.#listener.made(pc);
    const { signal } = this.#life;
    // PeerJS closes the connection when ICE fails, and stops to hand on candidates when it is complete: a restart of
    // ICE could then save nothing.
    pc.oniceconnectionstatechange = null;
    // Its data channel, which nobody asked for, would end the call when it closes.
    pc.ondatachannel = null;
    const channel = connection.dataChannel as RTCDataChannel | undefined; // the side that answers has none yet
    if (channel !== undefined) channel.onclose = null;
    pc.addEventListener("connectionstatechange", () => this.#stateChanged(pc), { signal });
    connection.on("stream", (stream) => {
      if (this.#connection === connection) this.#listener.stream(stream);
    });
    void this.#waitForMedia(pc);
  }

  #stateChanged(pc: RTCPeerConnection): void {
    const { connectionState: state } = pc;
    if (pc !== this.#pc || (state === "connected" && !this.#flows)) return;
    this.#listener.connection(state);
    if (this.#flows && (state === "disconnected" || state === "failed")) void this.#waitForMore(pc);
  }

  /**
   * The browser calls a connection restored on which this side alone gets through to the other, so it counts as that once
   * something comes from there again. Never rejects.
   */
  async #waitForMore(pc: RTCPeerConnection): Promise<void> {
    this.#flows = false;
    const before = await received(pc);
    if (pc !== this.#pc) return;
    this.#before = before;
    await this.#waitForMedia(pc);
  }

  /** Reports `connected` once something of the other side's was really received. Never rejects. */
  async #waitForMedia(pc: RTCPeerConnection): Promise<void> {
    const { signal } = this.#life;
    while (!signal.aborted && pc === this.#pc && pc.connectionState !== "closed" && !this.#flows) {
      this.#flows = pc.connectionState === "connected" && (await received(pc)) > this.#before;
      if (this.#flows) break;
      await new Promise((resolve) =>
        setTimeout(resolve, this.#flowed ? LOOK_FOR_MORE_EVERY_MS : LOOK_FOR_MEDIA_EVERY_MS),
      );
    }
    if (!this.#flows) return;
    this.#flowed = true;
    this.#stateChanged(pc);
  }

  #peerError(error: PeerError<string>, ticket: Ticket): void {
    // The other side was not there within the time that PeerServer keeps an offer: offer again.
    if (error.type === "peer-unavailable" && !this.#flowed) this.dial(ticket);
    else this.#failIfDown();
  }

  /** Once the media flows, PeerServer has done its work, and what becomes of it is no matter. */
  #failIfDown(): void {
    if (this.#pc === undefined || this.#pc.connectionState === "new") this.#listener.failed();
  }

  /** After what was begun before on the same connection. */
  #inTurn(make: (pc: RTCPeerConnection) => Promise<Description | undefined>): Promise<Description | undefined> {
    const pc = this.#pc;
    if (pc === undefined) return Promise.resolve(undefined);
    const made = this.#negotiation.then(() => (pc === this.#pc ? make(pc) : undefined));
    this.#negotiation = made.catch(() => undefined);
    return made;
  }

  async #described(pc: RTCPeerConnection, type: Description["type"]): Promise<Description | undefined> {
    await gathered(pc, this.#life.signal);
    const sdp = pc.localDescription?.sdp;
    return sdp === undefined || pc !== this.#pc ? undefined : { type, sdp };
  }

  #ifCurrent(peer: Peer, act: () => void): void {
    if (peer === this.#peer) act();
  }

  #dropConnection(): void {
    const [connection, pc] = [this.#connection, this.#pc];
    this.#connection = undefined;
    this.#pc = undefined;
    // What a closed connection was still asked is never answered. W3C WebRTC, "chain an asynchronous operation"
    this.#negotiation = Promise.resolve();
    this.#flowed = false;
    this.#flows = false;
    this.#before = 0;
    connection?.close();
    pc?.close();
  }

  #takePrepared(): RTCPeerConnection | undefined {
    const prepared = this.#prepared;
    this.#prepared = undefined;
    return prepared;
  }

  #dropPeer(): void {
    this.#registration = {};
    this.#takePrepared()?.close();
    const peer = this.#peer;
    this.#peer = undefined;
    peer?.destroy();
  }
}

/** Who calls this early has PeerJS when there is a ticket: it is read but once. */
export function loadPeerJs(): Promise<typeof import("./peerjs.ts")> {
  return import("./peerjs.ts");
}

/** How many pictures were decoded and packets of sound have come. Never rejects: one that is closed has nothing to tell. */
async function received(pc: RTCPeerConnection): Promise<number> {
  let sum = 0;
  const stats = await pc.getStats().catch(() => undefined);
  stats?.forEach((entry: RTCInboundRtpStreamStats) => {
    if (entry.type !== "inbound-rtp") return;
    sum += (entry.kind === "video" ? entry.framesDecoded : entry.packetsReceived) ?? 0;
  });
  return sum;
}

/** Fulfilled when every candidate is in the description, or when that takes too long. */
async function gathered(pc: RTCPeerConnection, signal: AbortSignal): Promise<void> {
  if (pc.iceGatheringState === "complete") return;
  const enough = AbortSignal.any([signal, AbortSignal.timeout(GATHER_WITHIN_MS)]);
  await new Promise<void>((resolve) => {
    enough.addEventListener("abort", () => resolve(), { once: true });
    pc.addEventListener(
      "icegatheringstatechange",
      () => {
        if (pc.iceGatheringState === "complete") resolve();
      },
      { signal: enough },
    );
  });
}

import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PEER_PATH } from "#protocol";
import { Backend } from "../support/backend.ts";
import { Belongings } from "../support/belongings.ts";
import { friends, Person, say } from "../support/people.ts";
import { StunListener } from "../support/stun-listener.ts";
import { talk } from "../support/talk.ts";
import { TlsFront } from "../support/tls-front.ts";

/** What {@link noteMade} notes. */
interface Made {
  readonly sockets: string[];
  readonly connections: { connection: RTCPeerConnection; given: RTCConfiguration | undefined }[];
  /** The kinds of the tracks that connections told of, each of which PeerJS tells as a stream. */
  readonly told: string[];
  readonly shown: { element: HTMLMediaElement; stream: MediaStream }[];
}

describe("in a talk over a server behind TLS that has ICE servers of its own", () => {
  const open = new Belongings();
  let front: TlsFront;
  let ice: StunListener;
  let calls: [name: string, call: Page][];

  beforeAll(async () => {
    front = await TlsFront.start("127.0.0.1");
    open.add(() => front.close());
    ice = await StunListener.start();
    open.add(() => ice.close());
    const env = { PUBLIC_URL: front.url, STUN_URLS: ice.url, TURN_URLS: turnOf(ice), TURN_SECRET: "of the relay" };
    const backend = await Backend.start({ env });
    open.add(() => backend.close());
    front.leadTo(backend.port);
    const accounts = await friends(`http://127.0.0.1:${String(backend.port)}`);
    const arriving = accounts.map((account) => Person.arrive(account, open, { trustsAnyone: true }));
    const [alice, bob] = (await Promise.all(arriving)) as [Person, Person];
    for (const { browser } of [alice, bob]) await browser.runFirst(noteMade);
    await Promise.all([alice.signIn(front.url), bob.signIn(front.url)]);
    await Promise.all([alice.contact(bob, "available").waitFor(), bob.contact(alice, "available").waitFor()]);
    const { aliceCall, bobCall } = await talk(alice, bob);
    await Promise.all([alice.sees(aliceCall, say("call.live")), bob.sees(bobCall, say("call.live"))]);
    calls = [
      ["Alice", aliceCall],
      ["Bob", bobCall],
    ];
  });

  afterAll(() => open.close());

  test("the extension's pages reach PeerServer by wss: where the server's address is https:", async () => {
    for (const [name, call] of calls) {
      expect(new URL(call.url()).protocol).toBe("chrome-extension:");
      const { sockets } = await made(call);
      const ways = sockets.map((socket) => new URL(socket)).map(({ origin, pathname }) => origin + pathname);
      expect(ways, name).toEqual([`${front.url.replace("https:", "wss:")}${PEER_PATH}/peerjs`]);
    }
  });

  test("nobody else's servers are asked: what gathers goes by the ticket's own ICE servers alone", async () => {
    for (const [name, call] of calls) {
      const { sockets, connections } = await made(call);
      const self = new URL(sockets[0]!).searchParams.get("id")!;
      const username = expect.stringMatching(`^\\d+:${self}$`) as unknown;
      const credential = expect.any(String) as unknown;
      const own = [
        { urls: [ice.url], username: "", credential: "" },
        { urls: [turnOf(ice)], username, credential },
      ];
      const asking = connections.filter(({ gathers }) => gathers);
      expect(asking.length, name).toBeGreaterThan(0);
      for (const { given, has } of asking) expect({ given, has }, name).toEqual({ given: own, has: own });
      // When it is read PeerJS tries with its own servers what the browser can, asks none of them and closes it.
      expect(
        connections.filter(({ gathers, state }) => !gathers && state !== "closed"),
        name,
      ).toEqual([]);
    }
    expect(ice.asked).toBeGreaterThan(0);
  });

  test("the other side's stream is taken once, though it is told for each of its tracks", async () => {
    for (const [name, call] of calls) {
      const { told, streams, elements } = await made(call);
      expect(told, name).toEqual(["audio", "video"]);
      expect(streams, name).toEqual([["audio", "video"]]);
      expect(elements, name).toEqual([
        { tag: "AUDIO", times: 1 },
        { tag: "VIDEO", times: 1 },
      ]);
    }
  });
});

function turnOf({ url }: StunListener): string {
  return url.replace("stun:", "turn:");
}

/** Runs in a page before its own code. Must stand alone. */
function noteMade(): void {
  const made: Made = { sockets: [], connections: [], told: [], shown: [] };
  Object.assign(globalThis, { made });
  const Socket = globalThis.WebSocket;
  globalThis.WebSocket = class extends Socket {
    constructor(...args: ConstructorParameters<typeof Socket>) {
      super(...args);
      made.sockets.push(this.url);
    }
  };
  const Connection = globalThis.RTCPeerConnection;
  globalThis.RTCPeerConnection = class extends Connection {
    constructor(given?: RTCConfiguration) {
      super(given);
      made.connections.push({ connection: this, given });
      this.addEventListener("track", ({ track }) => made.told.push(track.kind));
    }
  };
  const native = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, "srcObject")!;
  Object.defineProperty(HTMLMediaElement.prototype, "srcObject", {
    ...native,
    set(this: HTMLMediaElement, stream: MediaStream | null) {
      if (stream !== null) made.shown.push({ element: this, stream });
      native.set!.call(this, stream);
    },
  });
}

/** What a page made so far. */
function made(page: Page) {
  return page.evaluate(() => {
    const { sockets, connections, told, shown } = (globalThis as unknown as { made: Made }).made;
    const written = (servers: RTCIceServer[] = []) =>
      servers.map(({ urls, username = "", credential = "" }) => ({ urls: [urls].flat(), username, credential }));
    const kinds = (tracks: MediaStreamTrack[]) => tracks.map(({ kind }) => kind).toSorted();
    const received = connections.flatMap(({ connection }) => connection.getReceivers().map(({ track }) => track));
    const theirs = shown.filter(({ stream }) => stream.getTracks().some((track) => received.includes(track)));
    const present = [...new Set(theirs.map(({ element }) => element))].filter(({ isConnected }) => isConnected);
    return {
      sockets,
      told: told.toSorted(),
      connections: connections.map(({ connection, given }) => {
        const { iceServers, iceCandidatePoolSize = 0 } = connection.getConfiguration();
        const gathers = iceCandidatePoolSize > 0 || connection.localDescription !== null;
        const { signalingState: state } = connection;
        return { gathers, given: written(given?.iceServers), has: written(iceServers), state };
      }),
      /** By the kinds of their tracks, what elements were given of the other side's. */
      streams: [...new Set(theirs.map(({ stream }) => stream))].map((stream) => kinds(stream.getTracks())),
      /** The elements that show it or let it be heard, and how often each was given it. */
      elements: present
        .map((one) => ({ tag: one.tagName, times: theirs.filter(({ element }) => element === one).length }))
        .toSorted((one, other) => one.tag.localeCompare(other.tag)),
    };
  });
}

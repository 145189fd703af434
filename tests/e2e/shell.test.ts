import type { Page } from "playwright-core";
import { beforeAll, expect, test } from "vitest";
import type { SignedUp } from "../support/accounts.ts";
import { callerOf } from "../support/calls.ts";
import { untilMediaAdvances, watched } from "../support/page-watch.ts";
import { say } from "../support/people.ts";
import { newCallId } from "../support/presence-client.ts";
import { setStage } from "../support/stage.ts";
import { talk } from "../support/talk.ts";
import { until } from "../support/until.ts";

/** The part of the extension API that a page of ours has and a web page must not have. */
declare const chrome: {
  runtime?: {
    sendMessage?: unknown;
    getContexts: (filter: { contextTypes: string[] }) => Promise<{ documentUrl?: string }[]>;
    getManifest: () => Record<string, unknown>;
  };
};

/** What {@link noteMedia} keeps of a page. */
interface NotedWindow {
  noted: { tracks: MediaStreamTrack[]; sockets: WebSocket[] };
  beckonWatch: { connections: RTCPeerConnection[] };
}

const stage = setStage();

beforeAll(async () => {
  await Promise.all([stage.alice, stage.bob].map(({ browser }) => browser.runFirst(noteMedia)));
});

test("the extension asks for no more than it says, and for no host", async () => {
  const manifest = await stage.alice.popup.evaluate(() => chrome.runtime?.getManifest());
  expect(manifest).toMatchObject({
    permissions: ["storage", "notifications", "alarms", "identity", "idle", "offscreen"],
    action: { default_title: "Beckon" },
    externally_connectable: { ids: [] },
  });
  // Not even one by itself; the server's own origin may be allowed later (manifest.test.ts).
  for (const key of Object.keys(manifest ?? {})) {
    expect(key).not.toMatch(/^(host_permissions|content_scripts|web_accessible_resources)$/);
  }
});

test("a web page has no way to speak to the extension", async () => {
  const page = await stage.alice.browser.context.newPage();
  await page.goto(`${stage.backend.url}/healthz`);
  expect(await page.evaluate(() => typeof chrome === "object" && typeof chrome.runtime?.sendMessage)).not.toBe(
    "function",
  );
  await page.close();
});

test("the ring's document is there while it rings, and no longer", async () => {
  const { alice, bob } = stage;
  const documents = () =>
    bob.popup.evaluate(
      async () => (await chrome.runtime?.getContexts({ contextTypes: ["OFFSCREEN_DOCUMENT"] }))?.length ?? 0,
    );
  expect(await documents()).toBe(0);
  await alice.call(bob);
  await bob.card.waitFor();
  await until("the ring", async () => ((await documents()) === 1 ? true : undefined));
  await bob.decline();
  await until("silence", async () => ((await documents()) === 0 ? true : undefined));
});

test("[CALL-7] a ring that takes over from another has a document of its own, which ends with it", async () => {
  const { backend, bob } = stage;
  // The stage made it over the server's functions.
  const callee = bob.account as SignedUp;
  const ringing = () => ringDocument(bob.popup);
  const [carol, dave] = await Promise.all([
    callerOf(backend.url, "Carol Sato", callee),
    callerOf(backend.url, "Dave Mori", callee),
  ]);
  const [first, second] = [newCallId(), newCallId()];
  await carol.must({ type: "call.invite", call: first, to: callee.user, media: "audio" });
  const ofCarol = await until("Carol's ring", async () => ((await ringing())?.call === first ? ringing() : undefined));
  await dave.must({ type: "call.invite", call: second, to: callee.user, media: "audio" });
  await carol.must({ type: "call.cancel", call: first });
  const ofDave = await until("Dave's ring", async () => ((await ringing())?.call === second ? ringing() : undefined));
  expect(ofDave.until).toBeGreaterThan(ofCarol.until);
  await dave.must({ type: "call.cancel", call: second });
  await until("silence", async () => ((await ringing()) === undefined ? true : undefined));
  await Promise.all([carol.lose(), dave.lose()]);
});

test("camera and microphone are let go when the call ends, and the camera when it is switched off", async () => {
  const { alice, bob } = stage;
  const { aliceCall } = await talk(alice, bob);
  expect(await liveTracks(aliceCall)).toEqual(["audio", "video"]);
  await aliceCall.getByRole("button", { name: say("call.camera"), exact: true }).click();
  await until("the camera's light going out", async () => sameKinds(await liveTracks(aliceCall), ["audio"]));
  await alice.hangUp(aliceCall);
  await until("everything let go", async () => sameKinds(await liveTracks(aliceCall), []));
});

test.each(["alice", "bob"] as const)("media that %s has lost is restored by a restart of ICE", async (who) => {
  const { alice, bob } = stage;
  const { aliceCall, bobCall } = await talk(alice, bob);
  const loser = who === "alice" ? aliceCall : bobCall;
  const before = await iceUser(loser);
  await believeLost(loser);
  await until("new ICE credentials", async () => ((await iceUser(loser)) === before ? undefined : true));
  await Promise.all([untilMediaAdvances(aliceCall), untilMediaAdvances(bobCall)]);
  await until("both live again", async () => {
    const states = await Promise.all(
      [aliceCall, bobCall].map((page) => page.getByText(say("call.interrupted")).count()),
    );
    return states.every((count) => count === 0) ? true : undefined;
  });
  await alice.hangUp(aliceCall);
});

test("a data connection that the other side offers is not taken", async () => {
  const { alice, bob } = stage;
  const { aliceCall } = await talk(alice, bob);
  const before = (await watched(aliceCall)).connections;
  const offered = await offerData(aliceCall);
  expect(offered).toBeGreaterThan(0);
  expect((await watched(aliceCall)).connections).toBe(before);
  await untilMediaAdvances(aliceCall);
  await alice.hangUp(aliceCall);
});

/** What the address of the ring's document says: for which call it rings, and until when, in ms since 1970. */
async function ringDocument(page: Page): Promise<{ call: string | null; until: number } | undefined> {
  const contexts = await page.evaluate(() => chrome.runtime?.getContexts({ contextTypes: ["OFFSCREEN_DOCUMENT"] }));
  const address = contexts?.[0]?.documentUrl;
  // Empty while the document is being loaded.
  if (address === undefined || address === "") return undefined;
  const { searchParams } = new URL(address);
  return { call: searchParams.get("call"), until: Number(searchParams.get("until")) };
}

/** Runs in each page before its own code. Must stand alone. */
function noteMedia(): void {
  const noted: NotedWindow["noted"] = { tracks: [], sockets: [] };
  Object.assign(globalThis, { noted });
  const Native = globalThis.WebSocket;
  globalThis.WebSocket = class extends Native {
    constructor(...args: ConstructorParameters<typeof Native>) {
      super(...args);
      noted.sockets.push(this);
    }
  };
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  if (devices === undefined) return;
  const ask = devices.getUserMedia.bind(devices);
  devices.getUserMedia = async (constraints) => {
    const stream = await ask(constraints);
    noted.tracks.push(...stream.getTracks());
    return stream;
  };
}

/** The kinds of the devices' tracks that still run, in order. */
function liveTracks(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const { tracks } = (globalThis as unknown as NotedWindow).noted;
    return tracks
      .filter(({ readyState }) => readyState === "live")
      .map(({ kind }) => kind)
      .sort();
  });
}

function sameKinds(found: string[], wanted: string[]): true | undefined {
  return found.join() === wanted.join() ? true : undefined;
}

/** The name that ICE gave itself; a restart changes it. */
function iceUser(page: Page): Promise<string | undefined> {
  return page.evaluate(() => {
    const { connections } = (globalThis as unknown as NotedWindow).beckonWatch;
    const connected = connections.find(({ connectionState }) => connectionState === "connected");
    return /^a=ice-ufrag:(.*)$/m.exec(connected?.localDescription?.sdp ?? "")?.[1];
  });
}

/** Makes the page believe, for one event, that its connection has failed: the machine's network cannot be cut here. */
function believeLost(page: Page): Promise<void> {
  return page.evaluate(() => {
    const { connections } = (globalThis as unknown as NotedWindow).beckonWatch;
    const connected = connections.find(({ connectionState }) => connectionState === "connected");
    if (connected === undefined) throw new Error("There is no connection to lose.");
    Object.defineProperty(connected, "connectionState", { value: "failed", configurable: true });
    connected.dispatchEvent(new Event("connectionstatechange"));
    Reflect.deleteProperty(connected, "connectionState");
  });
}

/** Hands each socket of the page an offer of a data connection, as PeerServer would; returns to how many. */
function offerData(page: Page): Promise<number> {
  return page.evaluate(() => {
    const { sockets } = (globalThis as unknown as NotedWindow).noted;
    for (const socket of sockets) {
      const payload = { type: "data", connectionId: "dc_test", serialization: "binary", label: "x", reliable: true };
      const sdp = { type: "offer", sdp: "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n" };
      const data = JSON.stringify({ type: "OFFER", src: "someone", payload: { ...payload, sdp } });
      socket.dispatchEvent(new MessageEvent("message", { data }));
    }
    return sockets.length;
  });
}

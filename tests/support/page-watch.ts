import type { Page } from "playwright-core";
import { until } from "./until.ts";

const WAIT_MS = 20_000;

/** What {@link watchPage} notes in each page. */
export interface PageWatch {
  /** Every RTCPeerConnection that the page made. */
  readonly connections: RTCPeerConnection[];
  /** How often the page asked for camera or microphone. */
  mediaAsked: number;
  /** How many WebSockets it opened. */
  sockets: number;
  /** When the person last clicked, in ms since 1970. */
  clickedAt?: number;
  /** When the first remote picture was decoded, in ms since 1970. */
  firstFrameAt?: number;
  /** When the first remote picture of each connection was decoded, in ms since 1970. */
  readonly framesAt: number[];
}

interface WatchedWindow {
  beckonWatch: PageWatch;
}

/** What arrives from the other side, summed over the page's connections. */
export interface RemoteMedia {
  readonly framesDecoded: number;
  /** Of the sound, as WebRTC counts it (`totalAudioEnergy`). */
  readonly audioEnergy: number;
}

/** Runs in each page before its own code, and notes what it does with camera and connections. Must stand alone. */
export function watchPage(): void {
  const watch: PageWatch = { connections: [], mediaAsked: 0, sockets: 0, framesAt: [] };
  Object.assign(globalThis, { beckonWatch: watch });
  document.addEventListener("click", () => (watch.clickedAt = Date.now()), { capture: true });

  const noteFirstFrame = async (connection: RTCPeerConnection, timer: number) => {
    // Before that there is nothing to see, and to look takes time.
    if (connection.connectionState !== "connected" && connection.connectionState !== "closed") return;
    const stats = (await connection.getStats()) as unknown as Map<string, { type: string; framesDecoded?: number }>;
    const decoded = [...stats.values()].some(({ type, framesDecoded }) => type === "inbound-rtp" && !!framesDecoded);
    if (!decoded && connection.connectionState !== "closed") return;
    clearInterval(timer);
    if (!decoded) return;
    watch.framesAt.push(Date.now());
    watch.firstFrameAt ??= Date.now();
  };
  const Native = globalThis.RTCPeerConnection;
  globalThis.RTCPeerConnection = class extends Native {
    constructor(...args: ConstructorParameters<typeof Native>) {
      super(...args);
      watch.connections.push(this);
      const timer = window.setInterval(() => void noteFirstFrame(this, timer), 10);
    }
  };

  const NativeSocket = globalThis.WebSocket;
  globalThis.WebSocket = class extends NativeSocket {
    constructor(...args: ConstructorParameters<typeof NativeSocket>) {
      super(...args);
      watch.sockets++;
    }
  };

  // The devices exist in secure pages only, such as those of the extension.
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  if (devices === undefined) return;
  const ask = devices.getUserMedia.bind(devices);
  devices.getUserMedia = (constraints) => {
    watch.mediaAsked++;
    return ask(constraints);
  };
}

/** Waits until the page's own code runs, and so all that was to run before it: it has its address already before that. */
export async function untilWatched(page: Page): Promise<void> {
  await page.waitForFunction(() => "beckonWatch" in globalThis, undefined, { polling: 20, timeout: WAIT_MS });
}

/** What the page did so far: the connections and sockets it made, and how often it asked for camera or microphone. */
export function watched(page: Page): Promise<{ connections: number; mediaAsked: number; sockets: number }> {
  return page.evaluate(() => {
    const { connections, mediaAsked, sockets } = (globalThis as unknown as WatchedWindow).beckonWatch;
    return { connections: connections.length, mediaAsked, sockets };
  });
}

/** When the person last clicked in the page, in ms since 1970. */
export async function clickedAt(page: Page): Promise<number> {
  const at = await page.evaluate(() => (globalThis as unknown as WatchedWindow).beckonWatch.clickedAt);
  if (at === undefined) throw new Error("Nobody has clicked in this page.");
  return at;
}

/** When the first remote picture was decoded in the page, in ms since 1970; waits for it. */
export async function firstFrameAt(page: Page): Promise<number> {
  const read = () => (globalThis as unknown as WatchedWindow).beckonWatch.firstFrameAt;
  const handle = await page.waitForFunction(read, undefined, { polling: 20, timeout: WAIT_MS });
  // waitForFunction ends with the first value that is not undefined.
  return (await handle.jsonValue())!;
}

/** When the first picture of a connection came that had none at `since`; both in ms since 1970. Waits for it. */
export async function newFrameAt(page: Page, since: number, withinMs = WAIT_MS): Promise<number> {
  const read = (after: number) =>
    (globalThis as unknown as WatchedWindow).beckonWatch.framesAt.find((at) => at > after);
  const handle = await page.waitForFunction(read, since, { polling: 20, timeout: withinMs });
  // waitForFunction ends with the first value that is not undefined.
  return (await handle.jsonValue())!;
}

/** How many of the page's connections carry media or might yet. */
export function openConnections(page: Page): Promise<number> {
  return page.evaluate(() => {
    const { connections } = (globalThis as unknown as WatchedWindow).beckonWatch;
    return connections.filter(({ signalingState }) => signalingState !== "closed").length;
  });
}

/** How the browser calls the page's open connection. */
export function connectionState(page: Page): Promise<RTCPeerConnectionState | undefined> {
  return page.evaluate(() => {
    const { connections } = (globalThis as unknown as WatchedWindow).beckonWatch;
    return connections.find(({ signalingState }) => signalingState !== "closed")?.connectionState;
  });
}

/** The name that ICE goes by in the page's open connection; a restart gives it another. */
export function iceName(page: Page): Promise<string | undefined> {
  return page.evaluate(() => {
    const { connections } = (globalThis as unknown as WatchedWindow).beckonWatch;
    const open = connections.find(({ signalingState }) => signalingState !== "closed");
    return /^a=ice-ufrag:(.+)$/m.exec(open?.localDescription?.sdp ?? "")?.[1]?.trim();
  });
}

/** Has the page's open connection seem to have failed, as the browser tells it, until its next change. */
export function seemFailed(page: Page): Promise<void> {
  return page.evaluate(() => {
    const { connections } = (globalThis as unknown as WatchedWindow).beckonWatch;
    const open = connections.find(({ signalingState }) => signalingState !== "closed");
    if (open === undefined) throw new Error("The page has no open connection.");
    Object.defineProperty(open, "connectionState", { configurable: true, value: "failed" });
    open.dispatchEvent(new Event("connectionstatechange"));
    // The native one is the prototype's, and is seen again.
    Reflect.deleteProperty(open, "connectionState");
  });
}

/** Has the page's open connection answer nothing that it is asked to negotiate, as one that is closed in the midst of it. */
export function negotiatesNoMore(page: Page): Promise<void> {
  return page.evaluate(() => {
    const { connections } = (globalThis as unknown as WatchedWindow).beckonWatch;
    const open = connections.find(({ signalingState }) => signalingState !== "closed");
    if (open === undefined) throw new Error("The page has no open connection.");
    Object.defineProperty(open, "createOffer", { value: () => new Promise(() => undefined) });
  });
}

/** Has nothing more come by the page's open connection, as far as the page can tell; returns what ends that. */
export async function countNothing(page: Page): Promise<() => Promise<void>> {
  const counting = await page.evaluateHandle(async () => {
    const { connections } = (globalThis as unknown as WatchedWindow).beckonWatch;
    const open = connections.find(({ signalingState }) => signalingState !== "closed");
    if (open === undefined) throw new Error("The page has no open connection.");
    const counted = await open.getStats();
    Object.defineProperty(open, "getStats", { configurable: true, value: () => Promise.resolve(counted) });
    return open;
  });
  return () =>
    counting.evaluate((open) => {
      // The native one is the prototype's, and counts again.
      Reflect.deleteProperty(open, "getStats");
    });
}

/** Counts from now on the offers that the page's open connection makes; returns how many there were so far. */
export async function countOffers(page: Page): Promise<() => Promise<number>> {
  const counted = await page.evaluateHandle(() => {
    const { connections } = (globalThis as unknown as WatchedWindow).beckonWatch;
    const open = connections.find(({ signalingState }) => signalingState !== "closed");
    const offers = { count: 0 };
    open?.addEventListener("signalingstatechange", () => {
      if (open.signalingState === "have-local-offer") offers.count++;
    });
    return offers;
  });
  return () => counted.evaluate(({ count }) => count);
}

/** A page of whichever driver. */
interface Evaluating {
  evaluate: (look: () => Promise<RemoteMedia>) => Promise<RemoteMedia>;
}

function remoteMedia(page: Evaluating): Promise<RemoteMedia> {
  return page.evaluate(async () => {
    const sum = { framesDecoded: 0, audioEnergy: 0 };
    for (const connection of (globalThis as unknown as WatchedWindow).beckonWatch.connections) {
      const stats = (await connection.getStats()) as unknown as Map<
        string,
        { type: string; framesDecoded?: number; totalAudioEnergy?: number }
      >;
      for (const report of stats.values()) {
        if (report.type !== "inbound-rtp") continue;
        sum.framesDecoded += report.framesDecoded ?? 0;
        sum.audioEnergy += report.totalAudioEnergy ?? 0;
      }
    }
    return sum;
  });
}

/** Waits until more of the other side's picture and sound, or of one of them, has arrived and been played than now. */
export async function untilMediaAdvances(
  page: Evaluating,
  what: "picture and sound" | "picture" | "sound" = "picture and sound",
): Promise<RemoteMedia> {
  const before = await remoteMedia(page);
  return until(`more ${what}`, async () => {
    const now = await remoteMedia(page);
    const isSeen = what === "sound" || now.framesDecoded >= before.framesDecoded + 10;
    const isHeard = what === "picture" || now.audioEnergy > before.audioEnergy;
    return isSeen && isHeard ? now : undefined;
  });
}

/** Whether their sound is heard in a call tab: an element that plays, is not muted and has a stream with sound. */
export function isSoundPlaying(call: Page): Promise<boolean> {
  return call.evaluate(() =>
    [...document.querySelectorAll<HTMLMediaElement>("audio, video")].some(
      (element) =>
        !element.paused &&
        !element.muted &&
        element.srcObject instanceof MediaStream &&
        element.srcObject.getAudioTracks().length > 0,
    ),
  );
}

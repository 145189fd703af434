import type { Page } from "playwright-core";
import { until } from "./until.ts";

/** What {@link noteStarted} notes: all that a page ever began and must end with its call. */
interface Started {
  readonly tracks: Map<MediaStreamTrack, string>;
  readonly connections: RTCPeerConnection[];
  readonly contexts: AudioContext[];
  readonly sockets: WebSocket[];
  /** Timers that repeat, or are still to come, by where they were set. */
  readonly timers: Map<number, string>;
}

/** Runs in a page before its own code. Must stand alone. */
export function noteStarted(): void {
  const started: Started = { tracks: new Map(), connections: [], contexts: [], sockets: [], timers: new Map() };
  Object.assign(globalThis, { started });
  const noteTracks = <S extends MediaStream>(from: string, stream: S): S => {
    for (const track of stream.getTracks()) started.tracks.set(track, `${track.kind} of ${from}`);
    return stream;
  };

  const devices = navigator.mediaDevices;
  for (const from of ["getUserMedia", "getDisplayMedia"] as const) {
    const ask = devices[from].bind(devices);
    devices[from] = async (constraints) => noteTracks(from, await ask(constraints));
  }
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called on the canvas at hand
  const capture = HTMLCanvasElement.prototype.captureStream;
  HTMLCanvasElement.prototype.captureStream = function (rate) {
    return noteTracks("a canvas", capture.call(this, rate));
  };
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called on the track at hand
  const clone = MediaStreamTrack.prototype.clone;
  MediaStreamTrack.prototype.clone = function () {
    const cloned = clone.call(this);
    started.tracks.set(cloned, `clone of ${this.kind}`);
    return cloned;
  };

  const Connection = globalThis.RTCPeerConnection;
  globalThis.RTCPeerConnection = class extends Connection {
    constructor(...args: ConstructorParameters<typeof Connection>) {
      super(...args);
      started.connections.push(this);
    }
  };
  const Context = globalThis.AudioContext;
  globalThis.AudioContext = class extends Context {
    constructor(...args: ConstructorParameters<typeof Context>) {
      super(...args);
      started.contexts.push(this);
    }
    override createMediaStreamDestination(): MediaStreamAudioDestinationNode {
      const made = super.createMediaStreamDestination();
      noteTracks("an AudioContext", made.stream);
      return made;
    }
  };
  const Socket = globalThis.WebSocket;
  globalThis.WebSocket = class extends Socket {
    constructor(...args: ConstructorParameters<typeof Socket>) {
      super(...args);
      started.sockets.push(this);
    }
  };

  const [setEach, setOnce] = [globalThis.setInterval, globalThis.setTimeout];
  const [clearEach, clearOnce] = [globalThis.clearInterval, globalThis.clearTimeout];
  const where = () => (new Error().stack ?? "").split("\n").slice(3, 6).join(" < ").replaceAll(/\s+/g, " ");
  const clear = (id: number | undefined) => {
    if (id !== undefined) started.timers.delete(id);
  };
  Object.assign(globalThis, {
    setInterval: (act: () => void, ms?: number) => {
      const id = setEach(act, ms) as unknown as number;
      started.timers.set(id, `each ${String(ms)} ms, ${where()}`);
      return id;
    },
    setTimeout: (act: (...given: unknown[]) => void, ms?: number, ...given: unknown[]) => {
      const id = setOnce(() => {
        clear(id);
        act(...given);
      }, ms) as unknown as number;
      started.timers.set(id, `in ${String(ms)} ms, ${where()}`);
      return id;
    },
    clearInterval: (id?: number) => {
      clear(id);
      clearEach(id);
    },
    clearTimeout: (id?: number) => {
      clear(id);
      clearOnce(id);
    },
  });
}

/** What the page still holds of all that it began, in words. */
export function leftovers(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const { started } = globalThis as unknown as { started: Started };
    const { tracks, connections, contexts, sockets, timers } = started;
    return [
      ...[...tracks].filter(([{ readyState }]) => readyState !== "ended").map(([, of]) => `a live track: ${of}`),
      ...connections.filter((one) => one.connectionState !== "closed").map(() => "an open RTCPeerConnection"),
      ...contexts.filter((one) => one.state !== "closed").map(({ state }) => `an AudioContext that is ${state}`),
      // One that was closed over a network that is gone waits a minute for the other side's word.
      ...sockets.filter(({ readyState }) => readyState <= WebSocket.OPEN).map(() => "an open WebSocket"),
      ...[...document.querySelectorAll<HTMLMediaElement>("audio, video")]
        .filter(({ srcObject }) => srcObject !== null)
        .map(({ tagName }) => `a ${tagName} with a stream`),
      ...[...timers.values()].map((timer) => `a timer ${timer}`),
    ];
  });
}

/** What a page began in all, so that an empty list of leftovers means something. */
export function startedIn(page: Page): Promise<{ tracks: number; sockets: number }> {
  return page.evaluate(() => {
    const { tracks, sockets } = (globalThis as unknown as { started: Started }).started;
    return { tracks: tracks.size, sockets: sockets.length };
  });
}

/** Waits until nothing stays in the page. */
export async function untilNothingStays(page: Page): Promise<void> {
  let last: string[] = [];
  await until("end of everything that the page began", async () => {
    last = await leftovers(page);
    return last.length === 0 ? true : undefined;
  }).catch((error: unknown) => {
    throw new Error(`Of the call there still is ${last.join("; ")}.`, { cause: error });
  });
}

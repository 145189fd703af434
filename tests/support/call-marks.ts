import type { Worker } from "playwright-core";

/** Instants of a call in one page or worker, by name, in ms since 1970; the first of each name. */
export type Marks = Readonly<Record<string, number>>;

interface MarkedGlobal {
  beckonMarks: Record<string, number>;
}

/** Chromium's, which gives a track's pictures one by one. */
declare class MediaStreamTrackProcessor {
  constructor(from: { track: MediaStreamTrack });
  readonly readable: ReadableStream<VideoFrame>;
}

/** The part of the extension API that is looked at. */
interface Extension {
  runtime?: {
    connect?: (...args: unknown[]) => { onMessage: { addListener: (heard: (message: unknown) => void) => void } };
    onMessage: { addListener: (heard: (message: unknown) => void) => void };
  };
  tabs: { create: (...args: unknown[]) => Promise<unknown> };
}

/** Runs in the page of a call before its own code, and notes when it does what. Must stand alone. */
export function markPage(): void {
  const marks: Record<string, number> = {};
  Object.assign(globalThis, { beckonMarks: marks });
  const note = (name: string, at = performance.now()) => void (marks[name] ??= performance.timeOrigin + at);
  note("page begins", 0);
  note("first script");

  const { runtime } = (globalThis as unknown as { chrome?: Extension }).chrome ?? {};
  if (runtime?.connect !== undefined) {
    const connect = runtime.connect.bind(runtime);
    runtime.connect = (...args) => {
      note("asks the background");
      const port = connect(...args);
      port.onMessage.addListener((message) => {
        note("told of the call");
        if ("ticket" in (message as object)) note("has the ticket");
      });
      return port;
    };
  }

  const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (constraints) => {
    note("camera asked");
    const stream = await ask(constraints);
    note("camera given");
    return stream;
  };

  const NativeSocket = globalThis.WebSocket;
  globalThis.WebSocket = class extends NativeSocket {
    constructor(...args: ConstructorParameters<typeof NativeSocket>) {
      super(...args);
      note("socket asked");
      this.addEventListener("open", () => note("socket open"));
      this.addEventListener("message", ({ data }: MessageEvent<string>) =>
        note(`${(JSON.parse(data) as { type: string }).type.toLowerCase()} came`),
      );
    }
    override send(data: string): void {
      note(`${(JSON.parse(data) as { type: string }).type.toLowerCase()} sent`);
      super.send(data);
    }
  };

  const firstPicture = async (track: MediaStreamTrack) => {
    const reader = new MediaStreamTrackProcessor({ track }).readable.getReader();
    const { value } = await reader.read();
    note("first picture");
    value?.close();
    await reader.cancel();
  };
  const NativeConnection = globalThis.RTCPeerConnection;
  globalThis.RTCPeerConnection = class extends NativeConnection {
    constructor(...args: ConstructorParameters<typeof NativeConnection>) {
      super(...args);
      note("connection made");
      this.addEventListener("icecandidate", () => note("first candidate"));
      this.addEventListener("iceconnectionstatechange", () => note(`ICE ${this.iceConnectionState}`));
      this.addEventListener("connectionstatechange", () => note(`connection ${this.connectionState}`));
      this.addEventListener("track", ({ track }) => {
        if (track.kind !== "video") return;
        note("their track");
        track.addEventListener("unmute", () => note("first packet of picture"));
        void firstPicture(track);
      });
    }
  };
}

/** Begins to note in an extension's background when it hears of the call and says what; what was noted before is forgotten. */
export async function markWorker(worker: Worker): Promise<void> {
  await worker.evaluate(() => {
    const isNew = !("beckonMarks" in globalThis);
    const marked = globalThis as unknown as MarkedGlobal;
    marked.beckonMarks = {};
    if (!isNew) return;
    const note = (name: string) => void (marked.beckonMarks[name] ??= performance.timeOrigin + performance.now());
    const { runtime, tabs } = (globalThis as unknown as { chrome: Extension }).chrome;
    runtime?.onMessage.addListener((message) => note(`${(message as { type: string }).type} heard`));
    const create = tabs.create.bind(tabs);
    tabs.create = async (...args) => {
      note("tab asked");
      const tab = await create(...args);
      note("tab there");
      return tab;
    };
    const met = new WeakSet<WebSocket>();
    // eslint-disable-next-line @typescript-eslint/unbound-method -- called with its socket below
    const { send } = WebSocket.prototype;
    WebSocket.prototype.send = function (this: WebSocket, data: string) {
      note(`${(JSON.parse(data) as { type: string }).type} sent`);
      if (!met.has(this))
        this.addEventListener("message", (event: MessageEvent<string>) =>
          note(`${(JSON.parse(event.data) as { type: string }).type} came`),
        );
      met.add(this);
      send.call(this, data);
    };
  });
}

/** A page or a worker. */
interface Evaluating {
  evaluate: (look: () => Marks) => Promise<Marks>;
}

export function marksOf(marked: Evaluating): Promise<Marks> {
  return marked.evaluate(() => (globalThis as unknown as MarkedGlobal).beckonMarks);
}

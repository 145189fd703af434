import {
  decodeFilePart,
  decodePeerMessage,
  encodeFilePart,
  type FilePart,
  FILES_CHANNEL,
  type PeerMessage,
  WORDS_CHANNEL,
} from "#protocol";
import type { ExchangeMessage } from "../core/exchange-types.ts";

/** So much may wait in the browser to be sent; more is read from the file only when it is gone down to the lower one. */
const BUFFER_UP_TO_BYTES = 1024 * 1024;
const BUFFER_DOWN_TO_BYTES = 256 * 1024;
const HELLO: PeerMessage = { type: "hello" };
/** A peer that says more than this many words without sense is listened to no more. */
const MAX_NONSENSE = 100;

/**
 * Nor is one that says more than so many at once, and so many a second after that: all that was written during a gap comes
 * at once. That blocks of a file have come is said as often as they do.
 */
const MAX_WORDS_AT_ONCE = 600;
const MAX_WORDS_A_SECOND = 5;

type LineMessage = Extract<PeerMessage, { type: "line" }>;
type ScreenMessage = Extract<PeerMessage, { type: "screen" }>;

export interface ExchangeLineListener {
  /** Both channels are open and the other side has greeted us on them, or no longer. */
  open: (open: boolean) => void;
  heard: (message: ExchangeMessage) => void;
  /** What the other side says of how it gets through. */
  line: (message: LineMessage) => void;
  /** What they send as their picture is their screen, or no longer. */
  screen: (message: ScreenMessage) => void;
  part: (part: FilePart) => void;
  /** A channel was closed by the other side, as its page does when it goes. */
  left: () => void;
}

/** The two data channels of one connection. They end with it; the next connection has its own. */
export class ExchangeLine {
  readonly #words: RTCDataChannel;
  readonly #files: RTCDataChannel;
  readonly #listener: ExchangeLineListener;
  readonly #life = new AbortController();
  #isOpen = false;
  #isGreeted = false;
  #nonsense = 0;
  /** How many words it may say by now, as of that instant. */
  #allowed = MAX_WORDS_AT_ONCE;
  #allowedAt = performance.now();

  /** Both sides make them, under numbers that they know, before or after the connection stands. */
  constructor(pc: RTCPeerConnection, listener: ExchangeLineListener) {
    this.#listener = listener;
    this.#words = pc.createDataChannel("words", { negotiated: true, id: WORDS_CHANNEL });
    this.#files = pc.createDataChannel("files", {
      negotiated: true,
      id: FILES_CHANNEL,
      priority: "low",
    } as RTCDataChannelInit);
    this.#files.binaryType = "arraybuffer";
    this.#files.bufferedAmountLowThreshold = BUFFER_DOWN_TO_BYTES;
    const { signal } = this.#life;
    this.#words.addEventListener("open", () => this.#words.send(JSON.stringify(HELLO)), { signal });
    for (const channel of [this.#words, this.#files]) {
      channel.addEventListener("open", () => this.#changed(), { signal });
      channel.addEventListener("close", () => this.#closed(), { signal });
    }
    this.#words.addEventListener("message", ({ data }) => this.#heard(data), { signal });
    this.#files.addEventListener("message", ({ data }) => this.#part(data), { signal });
  }

  /** Says it, where the line is open. */
  send(message: ExchangeMessage | LineMessage | ScreenMessage): void {
    if (this.#words.readyState === "open") this.#words.send(JSON.stringify(message));
  }

  /** Hands a part to the browser, once there is room for it. Throws where the line or the signal ends before. */
  async sendPart(part: FilePart, signal: AbortSignal): Promise<void> {
    if (this.#files.bufferedAmount > BUFFER_UP_TO_BYTES) await this.#drained(signal);
    signal.throwIfAborted();
    this.#files.send(encodeFilePart(part));
  }

  close(): void {
    this.#life.abort();
    this.#words.close();
    this.#files.close();
    if (this.#isOpen) this.#listener.open(false);
  }

  #closed(): void {
    this.#changed();
    this.#listener.left();
  }

  #changed(): void {
    const isOpen = this.#isGreeted && this.#words.readyState === "open" && this.#files.readyState === "open";
    if (isOpen === this.#isOpen) return;
    this.#isOpen = isOpen;
    this.#listener.open(isOpen);
  }

  #heard(data: unknown): void {
    const message = decodePeerMessage(data);
    if (message?.type !== "kept" && this.#isFlood()) this.close();
    else if (message === undefined) this.#stumble();
    else if (message.type === "line") this.#listener.line(message);
    else if (message.type === "screen") this.#listener.screen(message);
    else if (message.type !== "hello") this.#listener.heard(message);
    else {
      this.#isGreeted = true;
      this.#changed();
    }
  }

  #part(data: unknown): void {
    const part = decodeFilePart(data);
    if (part === undefined) this.#stumble();
    else this.#listener.part(part);
  }

  #isFlood(): boolean {
    const now = performance.now();
    const earned = ((now - this.#allowedAt) / 1000) * MAX_WORDS_A_SECOND;
    this.#allowed = Math.min(MAX_WORDS_AT_ONCE, this.#allowed + earned) - 1;
    this.#allowedAt = now;
    return this.#allowed < 0;
  }

  #stumble(): void {
    this.#nonsense += 1;
    if (this.#nonsense > MAX_NONSENSE) this.close();
  }

  async #drained(signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const either = AbortSignal.any([signal, this.#life.signal]);
      this.#files.addEventListener("bufferedamountlow", () => resolve(), { once: true, signal: either });
      this.#files.addEventListener("close", () => reject(new Error("The channel for files closed.")), {
        once: true,
        signal: either,
      });
      either.addEventListener("abort", () => reject(new Error("Nobody waits for the file any more.")), { once: true });
    });
  }
}

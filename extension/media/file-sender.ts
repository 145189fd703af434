import { FILE_BLOCK_BYTES, FILE_PART_BYTES } from "#protocol";
import type { ExchangeLine } from "./exchange-line.ts";
import { FileDigest } from "./file-digest.ts";

/** How far the sender runs ahead of what the receiver has on disk, which bounds the receiver's memory. */
const AHEAD_BYTES = 8 * FILE_BLOCK_BYTES;

/** What became of a run: the file's digest, or why it ended before. */
export type SendOutcome = { at: "sent"; digest: string } | { at: "stopped" } | { at: "unreadable" };

/** Reads one file block by block, and sends it. It can be asked for again, from any block on. */
export class FileSender {
  readonly #id: string;
  readonly #file: File;
  readonly #digest = new FileDigest();
  #kept = 0;
  #run = new AbortController();
  #wake: () => void = () => undefined;

  constructor(id: string, file: File) {
    this.#id = id;
    this.#file = file;
  }

  /** Sends from this byte on; what was being sent before stops. Never rejects. */
  async send(from: number, line: ExchangeLine): Promise<SendOutcome> {
    this.stop();
    this.#run = new AbortController();
    this.#kept = from;
    const { signal } = this.#run;
    try {
      for (let at = from; at < this.#file.size; at += FILE_BLOCK_BYTES) {
        await this.#roomFor(at, signal);
        const block = await this.#read(at);
        if (block === undefined) return signal.aborted ? { at: "stopped" } : { at: "unreadable" };
        await this.#sendBlock(at, block, line, signal);
      }
      return await this.#finish(signal);
    } catch {
      // The line or the run ended.
      return { at: "stopped" };
    }
  }

  /** The receiver has so much of it. */
  kept(bytes: number): void {
    this.#kept = bytes;
    this.#wake();
  }

  stop(): void {
    this.#run.abort();
    this.#wake();
  }

  async #roomFor(at: number, signal: AbortSignal): Promise<void> {
    while (at - this.#kept >= AHEAD_BYTES && !signal.aborted) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    signal.throwIfAborted();
  }

  async #sendBlock(at: number, block: Uint8Array<ArrayBuffer>, line: ExchangeLine, signal: AbortSignal): Promise<void> {
    for (let begin = 0; begin < block.length; begin += FILE_PART_BYTES) {
      const bytes = block.subarray(begin, begin + FILE_PART_BYTES);
      await line.sendPart({ file: this.#id, from: at + begin, bytes }, signal);
    }
  }

  /** A block, or undefined where the file is gone, or is another than it was. */
  async #read(at: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
    try {
      const block = new Uint8Array(await this.#file.slice(at, at + FILE_BLOCK_BYTES).arrayBuffer());
      if (block.length !== Math.min(FILE_BLOCK_BYTES, this.#file.size - at)) return undefined;
      await this.#digest.add(at, block);
      return block;
    } catch {
      return undefined;
    }
  }

  /** Blocks that this page never read, since the receiver did not want them, count as well. */
  async #finish(signal: AbortSignal): Promise<SendOutcome> {
    for (let at = 0; at < this.#file.size; at += FILE_BLOCK_BYTES) {
      if (!this.#digest.has(at) && (await this.#read(at)) === undefined) return { at: "unreadable" };
      signal.throwIfAborted();
    }
    return { at: "sent", digest: await this.#digest.hex() };
  }
}

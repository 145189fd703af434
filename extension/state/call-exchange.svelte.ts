import { type CallId, ChatText, FileName } from "#protocol";
import * as v from "valibot";
import { newExchange, updateExchange } from "../core/exchange.ts";
import type { ExchangeEvent, ExchangeState, FileEntry } from "../core/exchange-types.ts";
import type { LineWord } from "../core/quality-types.ts";
import { ExchangeFiles } from "../media/exchange-files.ts";
import { ExchangeLine } from "../media/exchange-line.ts";
import { dropStaleFiles } from "../media/file-store.ts";
import { forgetExchanges, keepExchange, keptExchange } from "./kept-exchange.ts";

/** What was said is written out at most so often: all of it each time. */
const KEEP_AFTER_MS = 250;

export interface CallExchangeListener {
  /** What the other side says of how it gets through. */
  line: (word: LineWord) => void;
  /** What they send as their picture is their screen, or no longer. */
  screen: (on: boolean) => void;
  /** The other side's page is gone from the connection. */
  left: () => void;
  /** What is said to the other side now reaches it; what was said before may not have. */
  open: () => void;
}

/** What the two people of one call write and hand to each other, with this page's files and channels. */
export class CallExchange {
  #state = $state.raw<ExchangeState>(newExchange());
  readonly #call: CallId;
  readonly #listener: CallExchangeListener;
  readonly #files = new ExchangeFiles({
    happened: (event) => this.#happened(event),
    stateOf: (id) =>
      this.#state.entries.find((entry): entry is FileEntry => entry.kind === "file" && entry.id === id)?.state,
    line: () => this.#line,
  });
  #line: ExchangeLine | undefined;
  #keeping: ReturnType<typeof setTimeout> | undefined;
  readonly #life = new AbortController();

  constructor(call: CallId, listener: CallExchangeListener) {
    this.#call = call;
    this.#listener = listener;
    this.#state = newExchange(keptExchange(call));
    void dropStaleFiles();
    // It may be loaded again before the next time.
    addEventListener("pagehide", () => this.#keep(), { signal: this.#life.signal });
  }

  get state(): ExchangeState {
    return this.#state;
  }

  /** Takes the connection's own channels in the place of those before. */
  connect(pc: RTCPeerConnection): void {
    this.#line?.close();
    this.#line = new ExchangeLine(pc, {
      open: (open) => {
        this.#happened({ type: "line", open });
        if (open) this.#listener.open();
      },
      heard: (message) => this.#happened({ type: "peer", at: Date.now(), message }),
      line: ({ weak, paused }) => this.#listener.line({ weak, paused }),
      screen: ({ on }) => this.#listener.screen(on),
      left: () => this.#listener.left(),
      part: (part) => this.#files.take(part),
    });
  }

  /** Says how what this side sends gets through, where the other side hears it. */
  tellLine(word: LineWord): void {
    this.#line?.send({ type: "line", ...word });
  }

  /** Says that this side's picture is its screen, or no longer, where the other side hears it. */
  tellScreen(on: boolean): void {
    this.#line?.send({ type: "screen", on });
  }

  disconnect(): void {
    this.#line?.close();
    this.#line = undefined;
  }

  show(shown: boolean): void {
    this.#happened({ type: "shown", shown });
  }

  /** Answers whether it is a text that can be sent. */
  write(text: string): boolean {
    const read = v.safeParse(ChatText, text.trim());
    if (!read.success) return false;
    this.#happened({ type: "write", id: crypto.randomUUID(), at: Date.now(), text: read.output });
    return true;
  }

  handOver(files: Iterable<File>): void {
    for (const file of files) {
      const id = crypto.randomUUID();
      this.#files.add(id, file);
      this.#happened({ type: "hand-over", id, at: Date.now(), name: sayable(file.name), size: file.size });
    }
  }

  answer(id: string, answer: "accept" | "decline" | "cancel"): void {
    this.#happened({ type: answer, id });
  }

  /** The call is over: nothing is on its way any more, and what was said stays. */
  end(): void {
    this.#happened({ type: "over" });
    this.disconnect();
    this.#keep();
    this.#life.abort();
  }

  /** Whoever comes to this tab next reads none of it, nor of the calls that it went on from. */
  forget(): void {
    this.end();
    this.#state = newExchange();
    forgetExchanges();
  }

  #keep(): void {
    if (this.#keeping === undefined) return;
    clearTimeout(this.#keeping);
    this.#keeping = undefined;
    keepExchange(this.#call, this.#state.entries);
  }

  #happened(event: ExchangeEvent): void {
    const { state, effects } = updateExchange(this.#state, event);
    const isSame = state === this.#state;
    this.#state = state;
    if (!isSame) this.#keeping ??= setTimeout(() => this.#keep(), KEEP_AFTER_MS);
    for (const effect of effects) {
      if (effect.type === "send") this.#line?.send(effect.message);
      else this.#files.carryOut(effect);
    }
  }
}

/** The name of a file as the other side takes it: without what reorders or hides text. */
function sayable(name: string): string {
  const read = v.safeParse(FileName, name);
  if (read.success) return read.output;
  const plain = Array.from(name.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029/\\]/gu, " ").trim())
    .slice(-255)
    .join("");
  return v.is(FileName, plain) ? plain : "file";
}

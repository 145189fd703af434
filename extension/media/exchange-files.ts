import { type FilePart, unreachable } from "#protocol";
import type { ExchangeEffect, ExchangeEvent, FileState } from "../core/exchange-types.ts";
import type { ExchangeLine } from "./exchange-line.ts";
import { FileSender } from "./file-sender.ts";
import { FileStore } from "./file-store.ts";
import { saveFile } from "./save-file.ts";

export interface ExchangeFilesListener {
  happened: (event: ExchangeEvent) => void;
  /** How far a file is by now. */
  stateOf: (id: string) => FileState | undefined;
  line: () => ExchangeLine | undefined;
}

/** The files of one exchange: those that this side reads and sends, and those that it receives and keeps. */
export class ExchangeFiles {
  readonly #listener: ExchangeFilesListener;
  readonly #senders = new Map<string, FileSender>();
  readonly #stores = new Map<string, FileStore>();

  constructor(listener: ExchangeFilesListener) {
    this.#listener = listener;
  }

  /** A file that the person hands over under this id. */
  add(id: string, file: File): void {
    this.#senders.set(id, new FileSender(id, file));
  }

  /** A part that came; one that nobody waits for is dropped. */
  take(part: FilePart): void {
    if (this.#listener.stateOf(part.file)?.at === "moving") this.#stores.get(part.file)?.take(part);
  }

  carryOut(effect: Exclude<ExchangeEffect, { type: "send" }>): void {
    const { id } = effect;
    switch (effect.type) {
      case "open-store":
        void this.#openStore(id, effect.size);
        break;
      case "resume-store":
        this.#stores.get(id)?.resume(effect.from);
        break;
      case "send-file":
        void this.#send(id, effect.from);
        break;
      case "may-send":
        this.#senders.get(id)?.kept(effect.kept);
        break;
      case "stop-sending":
        this.#senders.get(id)?.stop();
        break;
      case "check-store":
        void this.#check(id, effect.digest);
        break;
      case "save":
        void this.#save(id, effect.name);
        break;
      case "drop-store":
        void this.#stores.get(id)?.drop();
        this.#stores.delete(id);
        break;
      default:
        unreachable(effect);
    }
  }

  async #openStore(id: string, size: number): Promise<void> {
    const { happened, stateOf } = this.#listener;
    const store = await FileStore.open(
      { id, size },
      {
        kept: (bytes) => happened({ type: "kept", id, bytes }),
        failed: (why) => happened({ type: "store-failed", id, why }),
      },
    );
    if (store === undefined) happened({ type: "store-failed", id, why: "full" });
    else if (stateOf(id)?.at !== "opening") await store.drop();
    else {
      this.#stores.set(id, store);
      happened({ type: "store-open", id });
    }
  }

  async #send(id: string, from: number): Promise<void> {
    const { happened, line: lineOf } = this.#listener;
    const [sender, line] = [this.#senders.get(id), lineOf()];
    if (sender === undefined || line === undefined) return;
    const outcome = await sender.send(from, line);
    if (outcome.at === "sent") happened({ type: "digested", id, digest: outcome.digest });
    if (outcome.at === "unreadable") happened({ type: "unreadable", id });
  }

  async #check(id: string, digest: string): Promise<void> {
    const isWhole = (await this.#stores.get(id)?.isWhole(digest)) ?? false;
    this.#listener.happened(isWhole ? { type: "digested", id, digest } : { type: "store-failed", id, why: "differs" });
  }

  async #save(id: string, name: string): Promise<void> {
    const file = await this.#stores.get(id)?.file();
    if (file !== undefined) saveFile(file, name);
  }
}

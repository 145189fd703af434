import { FILE_BLOCK_BYTES } from "#protocol";
import { newExchange, updateExchange } from "../../../extension/core/exchange.ts";
import type {
  ExchangeEffect,
  ExchangeEvent,
  ExchangeState,
  FileEntry,
} from "../../../extension/core/exchange-types.ts";

export const BLOCK = FILE_BLOCK_BYTES;
export const DIGEST = "ab".repeat(32);

type Name = "alice" | "bob";

interface Side {
  state: ExchangeState;
  /** What was said to this side and not heard yet. */
  queue: Extract<ExchangeEffect, { type: "send" }>["message"][];
  /** Outgoing: where the next block begins, and how far the other side said that it is. */
  sending: Map<string, { next: number; kept: number; size: number }>;
  /** Incoming: how many bytes the place holds. */
  stores: Map<string, number>;
  /** Files handed to the person. */
  saved: string[];
}

/** A block on its way: `from` on, of a file. */
interface Block {
  file: string;
  from: number;
  bytes: number;
}

const other = { alice: "bob", bob: "alice" } as const;

/** Two call pages whose channels can break at any moment; the files are lengths alone. */
export class ExchangePair {
  readonly sides: Record<Name, Side> = { alice: fresh(), bob: fresh() };
  readonly #blocks: Record<Name, Block[]> = { alice: [], bob: [] };
  isOpen = false;
  #ids = 0;

  /** Opens the channels, or breaks them: what was on its way is lost. */
  line(open: boolean): void {
    this.isOpen = open;
    for (const name of ["alice", "bob"] as const) {
      this.sides[name].queue = [];
      this.#blocks[name] = [];
    }
    for (const name of ["alice", "bob"] as const) this.happen(name, { type: "line", open });
  }

  newId(): string {
    this.#ids += 1;
    return `00000000-0000-4000-8000-${String(this.#ids).padStart(12, "0")}`;
  }

  happen(name: Name, event: ExchangeEvent): void {
    const side = this.sides[name];
    const { state, effects } = updateExchange(side.state, event);
    side.state = state;
    for (const effect of effects) this.#carryOut(name, effect);
  }

  /** Lets one thing come: a word, or else a block of a file. Returns whether anything was on its way. */
  deliver(name: Name): boolean {
    const side = this.sides[name];
    const message = side.queue.shift();
    if (message !== undefined) this.happen(name, { type: "peer", at: 0, message });
    else if (!this.#receive(name)) return this.#read(other[name]);
    return true;
  }

  /** Lets everything come that is on its way. */
  settle(): void {
    while (this.deliver("alice") || this.deliver("bob"));
  }

  file(name: Name, id: string): FileEntry | undefined {
    const found = this.sides[name].state.entries.find((entry) => entry.id === id);
    return found?.kind === "file" ? found : undefined;
  }

  /** The sender reads a block, where the receiver is not too far behind. */
  #read(name: Name): boolean {
    const side = this.sides[name];
    for (const [file, at] of side.sending) {
      if (at.next > at.size || at.next - at.kept > 4 * BLOCK) continue;
      if (at.next === at.size) {
        at.next += 1;
        this.happen(name, { type: "digested", id: file, digest: DIGEST });
        return true;
      }
      const bytes = Math.min(BLOCK, at.size - at.next);
      this.#blocks[other[name]].push({ file, from: at.next, bytes });
      at.next += bytes;
      return true;
    }
    return false;
  }

  #receive(name: Name): boolean {
    const side = this.sides[name];
    const block = this.#blocks[name].shift();
    if (block === undefined) return false;
    const had = side.stores.get(block.file);
    if (had === undefined || this.file(name, block.file)?.state.at !== "moving") return true;
    if (had !== block.from) throw new Error(`${name} has ${String(had)} and was sent ${String(block.from)}`);
    side.stores.set(block.file, had + block.bytes);
    this.happen(name, { type: "kept", id: block.file, bytes: had + block.bytes });
    return true;
  }

  #carryOut(name: Name, effect: ExchangeEffect): void {
    const side = this.sides[name];
    switch (effect.type) {
      case "send":
        if (!this.isOpen) throw new Error(`${name} speaks without a line`);
        this.sides[other[name]].queue.push(effect.message);
        break;
      case "open-store":
        side.stores.set(effect.id, 0);
        this.happen(name, { type: "store-open", id: effect.id });
        break;
      case "resume-store":
        side.stores.set(effect.id, effect.from);
        break;
      case "send-file":
        side.sending.set(effect.id, { next: effect.from, kept: effect.from, size: effect.size });
        break;
      case "may-send": {
        const at = side.sending.get(effect.id);
        if (at !== undefined) at.kept = effect.kept;
        break;
      }
      case "stop-sending":
        side.sending.delete(effect.id);
        break;
      case "check-store":
        this.happen(name, { type: "digested", id: effect.id, digest: effect.digest });
        break;
      case "save":
        side.saved.push(effect.id);
        break;
      case "drop-store":
        side.stores.delete(effect.id);
        break;
    }
  }
}

function fresh(): Side {
  return { state: newExchange(), queue: [], sending: new Map(), stores: new Map(), saved: [] };
}

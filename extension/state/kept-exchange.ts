import { type CallId, ChatText, FileName } from "#protocol";
import * as v from "valibot";
import type { Entry } from "../core/exchange-types.ts";

const Base = { id: v.string(), mine: v.boolean(), at: v.number() };
const FileState = v.variant("at", [
  v.object({ at: v.picklist(["offered", "opening", "moving", "paused", "checking", "done", "declined"]) }),
  v.object({ at: v.literal("cancelled"), by: v.picklist(["us", "them"]) }),
  v.object({ at: v.literal("failed"), why: v.picklist(["differs", "full", "unreadable", "lost"]) }),
]);
const Kept = v.array(
  v.variant("kind", [
    v.object({ ...Base, kind: v.literal("text"), text: ChatText, delivered: v.boolean() }),
    v.object({
      ...Base,
      kind: v.literal("file"),
      name: FileName,
      size: v.number(),
      kept: v.number(),
      state: FileState,
    }),
  ]),
);

const KEY = "exchange-";

/** What was written and handed over lives as long as the call's tab, a reload included, and is nowhere else. */
export function keptExchange(call: CallId): Entry[] {
  try {
    const kept = v.safeParse(Kept, JSON.parse(sessionStorage.getItem(keyOf(call)) ?? "[]"));
    return kept.success ? kept.output : [];
  } catch {
    return [];
  }
}

export function keepExchange(call: CallId, entries: readonly Entry[]): void {
  try {
    if (entries.length > 0) sessionStorage.setItem(keyOf(call), JSON.stringify(entries));
  } catch {
    // Too much for the browser's room: it stays on the screen.
  }
}

/** Those of all calls of this tab, which went on from one to the next. */
export function forgetExchanges(): void {
  try {
    for (const key of Object.keys(sessionStorage)) if (key.startsWith(KEY)) sessionStorage.removeItem(key);
  } catch {
    // Where nothing is kept there is nothing to forget.
  }
}

function keyOf(call: CallId): string {
  return KEY + call;
}

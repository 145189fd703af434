import { describe, expect, it } from "vitest";
import { newExchange, updateExchange } from "../../../extension/core/exchange.ts";
import type { Entry, ExchangeEvent, ExchangeState } from "../../../extension/core/exchange-types.ts";
import { BLOCK, DIGEST, ExchangePair } from "./exchange-pair.ts";

const id = "00000000-0000-4000-8000-000000000001";

/** Alice has handed a file to Bob, who has accepted it; nothing of it has come. */
function accepted(size: number): { pair: ExchangePair; file: string } {
  const pair = new ExchangePair();
  pair.line(true);
  const file = pair.newId();
  pair.happen("alice", { type: "hand-over", id: file, at: 0, name: "a.txt", size });
  pair.deliver("bob");
  pair.happen("bob", { type: "accept", id: file });
  return { pair, file };
}

describe("a text", () => {
  it("of the other side counts as unread until the person looks", () => {
    const heard: ExchangeEvent = { type: "peer", at: 5, message: { type: "chat", id, text: "hello" } };
    const { state, effects } = updateExchange(newExchange(), heard);
    expect(state).toMatchObject({ unread: 1, entries: [{ kind: "text", id, mine: false, at: 5, text: "hello" }] });
    expect(effects).toEqual([{ type: "send", message: { type: "got", id } }]);
    expect(updateExchange(state, { type: "shown", shown: true }).state.unread).toBe(0);
  });

  it("is no other when it comes again", () => {
    const heard: ExchangeEvent = { type: "peer", at: 5, message: { type: "chat", id, text: "hello" } };
    const once = updateExchange(newExchange(), heard).state;
    const again = updateExchange(once, { ...heard, at: 9 });
    expect(again.state).toBe(once);
    expect(again.effects).toEqual([{ type: "send", message: { type: "got", id } }]);
  });

  it("under the id of one's own changes nothing, and is not answered", () => {
    const own = updateExchange(newExchange(), { type: "write", id, at: 1, text: "mine" }).state;
    const forged: ExchangeEvent = { type: "peer", at: 2, message: { type: "chat", id, text: "theirs" } };
    expect(updateExchange(own, forged)).toEqual({ state: own, effects: [] });
  });

  it("is said once there is a line", () => {
    const { state, effects } = updateExchange(newExchange(), { type: "write", id, at: 1, text: "hello" });
    expect(effects).toEqual([]);
    expect(updateExchange(state, { type: "line", open: true }).effects).toEqual([
      { type: "send", message: { type: "chat", id, text: "hello" } },
    ]);
  });
});

describe("a file", () => {
  it("is not sent before it is accepted, and is saved once it came whole", () => {
    const { pair, file } = accepted(3 * BLOCK + 5);
    expect(pair.sides.alice.sending.size).toBe(0);
    pair.settle();
    expect(pair.file("alice", file)?.state).toEqual({ at: "done" });
    expect(pair.sides.bob.saved).toEqual([file]);
  });

  it("goes on after a gap from what is on disk", () => {
    const { pair, file } = accepted(9 * BLOCK);
    for (let steps = 0; steps < 8; steps++) pair.deliver("bob");
    pair.deliver("alice");
    for (let steps = 0; steps < 8; steps++) pair.deliver("bob");
    const kept = pair.file("bob", file)?.kept ?? 0;
    expect(kept).toBeGreaterThan(0);
    pair.line(false);
    expect(pair.file("bob", file)?.state).toEqual({ at: "paused" });
    pair.line(true);
    pair.deliver("alice");
    expect(pair.sides.alice.sending.get(file)?.next).toBe(kept);
    pair.settle();
    expect(pair.file("bob", file)?.state).toEqual({ at: "done" });
  });

  it("that the sender's page has lost with a reload is over at the receiver as well", () => {
    const { pair, file } = accepted(9 * BLOCK);
    pair.deliver("alice");
    pair.line(false);
    pair.sides.alice.state = newExchange(pair.sides.alice.state.entries);
    pair.line(true);
    pair.settle();
    expect(pair.file("alice", file)?.state).toEqual({ at: "failed", why: "lost" });
    expect(pair.file("bob", file)?.state).toEqual({ at: "cancelled", by: "them" });
  });

  it("is lost with the call", () => {
    const { pair, file } = accepted(9 * BLOCK);
    pair.happen("bob", { type: "over" });
    expect(pair.file("bob", file)?.state).toEqual({ at: "failed", why: "lost" });
    expect(pair.sides.bob.stores.size).toBe(0);
  });

  it.each([7, 10 * BLOCK])("is not sent from a byte that begins no block of it: %i", (from) => {
    const { pair, file } = accepted(9 * BLOCK);
    pair.happen("alice", { type: "peer", at: 0, message: { type: "accept", file, from } });
    expect(pair.file("alice", file)?.state).toEqual({ at: "failed", why: "differs" });
    expect(pair.sides.alice.sending.size).toBe(0);
  });
});

describe("a hostile other side", () => {
  it("cannot fill the memory: old words go, and offers beyond twenty are declined", () => {
    let state: ExchangeState = { ...newExchange(), open: true };
    const ids = Array.from({ length: 2_000 }, (_, index) => `${id.slice(0, -4)}${String(index).padStart(4, "0")}`);
    for (const one of ids) {
      state = updateExchange(state, { type: "peer", at: 0, message: { type: "chat", id: one, text: "x" } }).state;
    }
    expect(state.entries.length).toBe(500);
    let declined = 0;
    for (const file of ids) {
      const offer = { type: "offer", file: file.replace("8000", "9000"), name: "a", size: 1 } as const;
      const next = updateExchange(state, { type: "peer", at: 0, message: offer });
      state = next.state;
      declined += next.effects.filter((effect) => effect.type === "send" && effect.message.type === "decline").length;
    }
    expect(state.entries.length).toBe(500);
    expect(declined).toBe(1_980);
  });

  it.each<[string, Entry["kind"], ExchangeEvent]>([
    ["whole", "file", { type: "peer", at: 0, message: { type: "whole", file: id } }],
    ["sent", "file", { type: "peer", at: 0, message: { type: "sent", file: id, digest: DIGEST } }],
    ["kept", "file", { type: "peer", at: 0, message: { type: "kept", file: id, bytes: 1 } }],
  ])("moves nothing by saying %s of a file that it offered itself", (_, kind, event) => {
    const offered = updateExchange(
      { ...newExchange(), open: true },
      { type: "peer", at: 0, message: { type: "offer", file: id, name: "a", size: 1 } },
    ).state;
    expect(offered.entries[0]?.kind).toBe(kind);
    expect(updateExchange(offered, event)).toEqual({ state: offered, effects: [] });
  });
});

import { beforeEach, describe, expect, it, vi } from "vitest";
import type { CallId } from "#protocol";
import type { Port } from "../../../extension/messaging/background.ts";
import { CallPages } from "../../../extension/shell/call-pages.ts";

const CALL = "5f0e8a5c-6f0e-4d5c-9a4e-0d1f2a3b4c5d" as CallId;
const OTHER = "0b6a3f0e-1c2d-4e5f-8a9b-1c2d3e4f5a6b" as CallId;

let pages: CallPages;

beforeEach(() => {
  vi.useFakeTimers();
  pages = new CallPages({ here: () => undefined, gone: () => undefined, said: () => undefined });
  return () => vi.useRealTimers();
});

/** A page of `call` makes itself known, and goes on with the calls of `then`; returns what it is told. */
function comes(call: CallId, { fresh = false, then = [] as CallId[] } = {}): unknown[] {
  const told: unknown[] = [];
  const listeners: ((message: unknown) => void)[] = [];
  const port = {
    onMessage: { addListener: (listener: (message: unknown) => void) => listeners.push(listener) },
    onDisconnect: { addListener: () => undefined },
    postMessage: (message: unknown) => told.push(message),
  };
  pages.meet(port as unknown as Port);
  for (const listener of listeners) for (const one of [call, ...then]) listener({ type: "here", call: one, fresh });
  return told;
}

describe("a key for the call that wakes the worker", () => {
  it("is done by the page that comes back to it after that", () => {
    pages.ask("toggle-microphone");
    expect(comes(CALL)).toEqual([{ type: "toggle-microphone" }]);
  });

  it("is done as often as it was pressed, but for the window, which takes the turn of the key itself", () => {
    const here = comes(OTHER);
    pages.ask("toggle-microphone");
    pages.ask("toggle-picture");
    pages.ask("toggle-microphone");
    expect(here).toEqual(["toggle-microphone", "toggle-picture", "toggle-microphone"].map((type) => ({ type })));
    expect(comes(CALL)).toEqual([{ type: "toggle-microphone" }, { type: "toggle-microphone" }]);
  });

  it("is done once by a page that was there, and by another one that was not", () => {
    const first = comes(CALL);
    pages.ask("toggle-microphone");
    expect(first).toEqual([{ type: "toggle-microphone" }]);
    expect(comes(CALL)).toEqual([]);
    expect(comes(OTHER)).toEqual([{ type: "toggle-microphone" }]);
  });

  it("is done once by a page that goes on with another call", () => {
    pages.ask("toggle-microphone");
    expect(comes(CALL, { then: [OTHER] })).toEqual([{ type: "toggle-microphone" }]);
  });

  it("is not for a page that was just loaded: who pressed it did not see that one", () => {
    pages.ask("toggle-microphone");
    expect(comes(CALL, { fresh: true })).toEqual([]);
  });

  it("is over after 3 s: nothing is switched when nobody thinks of it any more", () => {
    pages.ask("toggle-microphone");
    vi.advanceTimersByTime(2_999);
    expect(comes(CALL)).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(comes(OTHER)).toEqual([]);
  });
});

import { describe, expect, it, test } from "vitest";
import { INITIAL_STATE, update } from "../../../extension/core/app.ts";
import type { AppEvent } from "../../../extension/core/app-event-types.ts";
import type { AppState } from "../../../extension/core/app-state-types.ts";
import { originPattern, readInvite, readWanted } from "../../../extension/core/invite-link.ts";
import { viewOf } from "../../../extension/core/projection.ts";
import { refusal } from "../../../extension/core/refusal.ts";
import { NOW, online } from "./given.ts";

const code = "K7QM-2XPA-9D3H-4TVB";
const server = "https://beckon.example.org";

test.each([
  [`${server}/i/${code}`, { code, server }],
  [` ${server}/i/${code}/ `, { code, server }],
  [`HTTPS://Beckon.Example.org:443/i/${code.toLowerCase()}`, { code, server }],
  [`http://localhost:8787/i/${code}`, { code, server: "http://localhost:8787" }],
  [code, { code }],
  ["k7qm 2xpa 9d3h 4tvb", { code }],
  [`${server}/i/`, undefined],
  [`${server}/i/${code}-MORE`, undefined],
  ["alice", undefined],
  ["", undefined],
])("%s is read as %o", (text, invite) => {
  expect(readInvite(text)).toEqual(invite);
});

test.each([
  ["https://beckon.example.org", "https://beckon.example.org/*"],
  ["https://beckon.example.org:8443", "https://beckon.example.org/*"],
  ["http://localhost:8787", "http://localhost/*"],
  ["http://127.0.0.1:8787", "http://127.0.0.1/*"],
  ["http://[::1]:8787", undefined],
  ["http://beckon.example.org", undefined],
])("of %s the browser is asked for %s", (origin, pattern) => {
  expect(originPattern(origin)).toBe(pattern);
});

describe("an invite that waits for the person's answer", () => {
  const opened = { type: "open-invite", invite: { code, server } } as const;
  const close = { type: "close-invite", code } as Omit<AppEvent, "at" | "random">;
  const on = (state: AppState, ...events: readonly Omit<AppEvent, "at" | "random">[]) =>
    // Each is an event without what every event has.
    events.reduce((now, event) => update(now, { ...event, at: NOW, random: 0 } as AppEvent).state, state);

  it("is shown, and asks nothing of anybody", () => {
    const state = online().signedIn;
    const next = update(state, { ...opened, at: NOW, random: 0 });
    expect(next.effects).toEqual([]);
    expect(viewOf(next.state)).toMatchObject({ invite: opened.invite });
  });

  it("is kept over a sign-in, and not over a sign-out", () => {
    const { session } = online().signedIn;
    const signedIn = on(INITIAL_STATE, opened, { type: "signed-in", session } as Omit<AppEvent, "at" | "random">);
    expect(viewOf(signedIn)).toMatchObject({ at: "signed-in", invite: opened.invite });
    expect(viewOf(on(signedIn, { type: "sign-out" }))).not.toHaveProperty("invite");
  });

  it("is gone once it was answered, signed in or out", () => {
    for (const state of [INITIAL_STATE, online().signedIn]) {
      expect(refusal(state, opened)).toBeUndefined();
      expect(viewOf(on(state, opened, close))).toEqual(viewOf(state));
    }
  });

  it("stays where another one was answered, and is what waits now", () => {
    const other = { type: "open-invite", invite: { code: "AAAA-BBBB-CCCC-DDDD" } } as const;
    const state = on(online().signedIn, opened, other, close);
    expect(viewOf(state)).toMatchObject({ invite: other.invite });
  });
});

test.each([
  ["alice", { at: "handle", handle: "alice" }],
  [" @Bob.Tanaka ", { at: "handle", handle: "bob.tanaka" }],
  // Sixteen letters that could be a code are a handle, unless they are written as we write codes.
  ["christopherjones", { at: "handle", handle: "christopherjones" }],
  [`@${code}`, { at: "handle", handle: code.toLowerCase() }],
  [code, { at: "invite", invite: { code } }],
  ["k7qm 2xpa 9d3h 4tvb", { at: "invite", invite: { code } }],
  [code.replaceAll("-", ""), { at: "invite", invite: { code } }],
  [`${server}/i/${code}`, { at: "invite", invite: { code, server } }],
  [`${server}/i/nothing`, undefined],
  ["ab", undefined],
  ["", undefined],
])("%s adds %o", (text, wanted) => {
  expect(readWanted(text)).toEqual(wanted);
});

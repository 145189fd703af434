import { describe, expect, it } from "vitest";
import type { ErrorCode, WelcomeCall } from "#protocol";
import { callDue } from "../../../extension/core/call.ts";
import type { CallState } from "../../../extension/core/call-types.ts";
import type { CallEnd } from "../../../extension/core/view.ts";
import {
  acceptedNews,
  askAccept,
  askInvite,
  AT,
  bob,
  CALL,
  carol,
  endedAs,
  endedCall,
  endedNews,
  FRESH,
  inviting,
  joining,
  NEW_TICKET,
  OTHER,
  over,
  owe,
  REQUEST,
  ringingNews,
  ringingOut,
  running,
  THIRD,
  TICKET,
  welcomed,
  when,
  without,
  hangUp,
  tabClosed,
} from "./call-stage.ts";

const asCaller = [inviting, ringingOut];
/** What an accept makes of the caller's call. */
const joined = {
  ...without(ringingOut, "at", "devices", "mode", "askedAt", "ticket"),
  at: "joining",
  outgoing: true,
  acceptedAt: AT,
  until: AT + 45_000,
};

describe("placing a call", () => {
  it("[CALL-7] invites, opens the call tab, and sets its own timer a little behind the server's", () => {
    const placed = when({ at: "idle" }, { type: "place", call: CALL, with: bob, media: "video" });
    expect(placed).toEqual({
      state: {
        ...inviting,
        page: { at: "opening", until: AT + 15_000 },
        request: FRESH,
        askedAt: AT,
        until: AT + 47_000,
      },
      effects: [askInvite(0, FRESH), { type: "open-call-tab", call: CALL }],
    });
  });

  it.each([
    ["the page of the call that ended", endedCall, CALL],
    ["the page by the id under which it was opened", { ...endedCall, call: OTHER, alias: CALL }, CALL],
  ])("uses %s again", (_name, state, replacing) => {
    const { effects } = when(state, { type: "place", call: THIRD, with: carol, media: "audio" });
    expect(effects).toContainEqual({ type: "open-call-tab", call: THIRD, replacing });
  });
});

describe.each(asCaller.map((state) => [state.at, state] as const))("the caller while %s", (_at, state) => {
  it("hears that it rings, and gets the ticket", () => {
    const told = { ...state, at: "ringing-out", devices: 2, mode: "silent", ticket: NEW_TICKET };
    expect(when(state, ringingNews())).toEqual({ state: told, effects: [] });
  });

  it("joins when it is accepted, with the media and the ticket of the accept", () => {
    const next = when(state, acceptedNews());
    expect(next).toEqual({ state: { ...joined, media: "audio", ticket: NEW_TICKET }, effects: [] });
  });

  it.each(["declined", "no-answer", "busy", "unreachable", "unavailable", "cancelled", "failed"] as const)(
    "[CALL-1] shows that it ended as %s when the server says so",
    (reason) => {
      expect(when(state, endedNews(reason))).toEqual({ state: endedAs(reason), effects: [over()] });
    },
  );

  it.each<[ErrorCode, CallEnd]>([
    ["not_contact", "not-contact"],
    ["rate_limited", "too-many-calls"],
    ["conflict", "not-begun"],
    ["not_found", "lost"],
    ["bad_message", "failed"],
    ["unauthorized", "failed"],
    ["too_large", "failed"],
    ["internal", "failed"],
  ])("[CALL-2] that is refused with %s ends as %s", (code, reason) => {
    const next = when(state, { type: "refused", of: REQUEST, code });
    expect(next).toEqual({ state: endedAs(reason), effects: [over()] });
  });

  it.each([hangUp, tabClosed])("cancels by $type, and owes that to the server", (event) => {
    const next = when(state, event);
    expect(next).toEqual({ state: endedAs("cancelled"), effects: [owe("call.cancel"), over()] });
  });

  it("[CALL-7] gives up by its own timer, not before", () => {
    expect(callDue(state)).toBe(state.until);
    expect(when(state, { type: "due" }, state.until - 1)).toEqual({ state, effects: [] });
    const late = when(state, { type: "due" }, state.until);
    expect(late).toEqual({
      state: endedAs("no-answer", { until: state.until + 60_000 }),
      // Where an operator's ring is longer, nobody rings on for a caller who has gone.
      effects: [owe("call.cancel"), over()],
    });
  });

  it.each([
    ["inviting", inviting],
    ["ringing-out", ringingOut],
  ] as const)("whose page knows while %s that no media can come cancels, and has failed", (_name, state) => {
    const next = when(state, { type: "media-failed", call: CALL });
    expect(next).toEqual({ state: endedAs("failed"), effects: [owe("call.cancel"), over()] });
  });

  it("cancels when its page does not come", () => {
    const waiting: CallState = { ...state, page: { at: "opening", until: AT + 100 } };
    expect(callDue(waiting)).toBe(AT + 100);
    expect(when(waiting, { type: "due" }, AT + 99)).toEqual({ state: waiting, effects: [] });
    const late = when(waiting, { type: "due" }, AT + 100);
    expect(late.effects).toEqual([owe("call.cancel"), over()]);
    expect(late.state).toMatchObject({ at: "ended", reason: "cancelled" });
  });

  it("waits no longer for its page once that is here", () => {
    const waiting: CallState = { ...state, page: { at: "opening", until: AT + 100 } };
    expect(when(waiting, { type: "page-here", call: CALL, fresh: true })).toEqual({ state, effects: [] });
  });
});

describe.each(asCaller.map((state) => [state.at, state] as const))("glare met while %s", (_at, state) => {
  const merged = {
    at: "accepting",
    call: OTHER,
    alias: CALL,
    with: bob,
    media: "video",
    page: { at: "here" },
    request: FRESH,
    until: AT + 45_000,
  };
  const effects = [over(), askAccept("video", { call: OTHER, id: FRESH })];

  it("[CALL-6] [CALL-10] goes on as the other call's answer, under both ids, and says so again", () => {
    expect(when(state, endedNews("merged", CALL, OTHER))).toEqual({ state: merged, effects });
  });

  it("[CALL-6] [CALL-12] is seen in the welcome too, where the merge itself was lost", () => {
    expect(when(state, welcomed([running(true, OTHER)]))).toEqual({ state: merged, effects });
  });

  it.each<[string, WelcomeCall]>([
    ["a call with somebody else", running(true, OTHER, carol)],
    ["a call with the same person on another device", running(false, OTHER)],
    ["a ring of the same person", { state: "incoming", call: OTHER, from: bob, media: "audio", remaining: 9_000 }],
  ])("[CALL-6] is not taken from %s", (_name, call) => {
    expect(when(state, welcomed([call]))).toEqual({ state, effects: [askInvite(5_000)] });
  });
});

describe.each(asCaller.map((state) => [state.at, state] as const))("a welcome while %s", (_at, state) => {
  it.each([false, true])(
    "[CALL-12] repeats an invite that the server may not have, with its age (settling %s)",
    (is) => {
      expect(when(state, welcomed([], is), AT + 1_000)).toEqual({ state, effects: [askInvite(6_000)] });
    },
  );

  it("[CALL-12] never gives an age below 0 where the clock was set back", () => {
    expect(when(state, welcomed(), state.askedAt - 1).effects).toEqual([askInvite(0)]);
  });

  it("[CALL-12] takes up how it rings, and repeats the invite for what came meanwhile", () => {
    const told = { devices: 3, mode: "waiting", ticket: NEW_TICKET } as const;
    expect(when(state, welcomed([{ state: "outgoing", call: CALL, ...told }]))).toEqual({
      state: { ...state, at: "ringing-out", ...told },
      effects: [askInvite(5_000)],
    });
  });

  it("[CALL-12] stays as it is where the call is listed and rings nowhere yet", () => {
    const next = when(state, welcomed([{ state: "outgoing", call: CALL, devices: 0 }]));
    expect(next).toEqual({ state, effects: [askInvite(5_000)] });
  });

  it("[CALL-12] joins where it was accepted meanwhile, and asks again for the ticket", () => {
    const known = state.at === "ringing-out" ? { ticket: TICKET } : {};
    const next = when(state, welcomed([running(true)]));
    expect(next).toEqual({ state: { ...joined, media: "audio", ...known }, effects: [askInvite(5_000)] });
  });
});

describe("the tab of an own call", () => {
  it("is focused while it is here, and opened anew while it is not", () => {
    expect(when(inviting, { type: "show-tab" }).effects).toEqual([{ type: "focus-call-tab", call: CALL }]);
    const waiting: CallState = { ...inviting, page: { at: "opening", until: AT + 100 } };
    expect(when(waiting, { type: "show-tab" })).toEqual({
      state: waiting,
      effects: [{ type: "open-call-tab", call: CALL }],
    });
  });

  it("is found by the id under which it was opened, after glare too", () => {
    const merged: CallState = { ...joining, call: OTHER, alias: CALL };
    expect(when(merged, { type: "show-tab" }).effects).toEqual([{ type: "focus-call-tab", call: CALL }]);
  });
});

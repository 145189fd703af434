import { describe, expect, it } from "vitest";
import { callDue } from "../../../extension/core/call.ts";
import type { CallState, Joining, Live, Reconnecting } from "../../../extension/core/call-types.ts";
import {
  accepting,
  acceptedNews,
  answering,
  askRejoin,
  AT,
  bob,
  CALL,
  endedAs,
  endedCall,
  everyState,
  hangUp,
  inviting,
  joining,
  live,
  NEW_TICKET,
  over,
  owe,
  pageGone,
  pageHere,
  reconnecting,
  rejoinedNews,
  ringingOut,
  running,
  tabClosed,
  TICKET,
  welcomed,
  when,
  without,
  workerStarted,
} from "./call-stage.ts";

const MISSING = { at: "missing", until: AT + 5_000, awayUntil: AT + 20_000 } as const;
const AWAY = { at: "away", until: AT + 20_000 } as const;

/** Each accepted call, without the media that its page took along. */
const cut: Record<string, [Joining | Live | Reconnecting, Joining | Reconnecting]> = {
  joining: [joining, { ...joining, until: AT + 45_000 }],
  answering: [answering, { ...answering, until: AT + 45_000 }],
  live: [
    { ...live, ticket: TICKET },
    { ...live, ticket: TICKET, at: "reconnecting", until: AT + 60_000 },
  ],
  reconnecting: [
    { ...reconnecting, ticket: TICKET },
    { ...reconnecting, ticket: TICKET },
  ],
};
const accepted = Object.entries(cut).map(([name, [given, bare]]) => ({ name, given, bare }));
const ringing = [inviting, ringingOut, accepting].map((given) => ({ name: given.at, given }));

/** How the call ends where this side lets go of it. */
function letGo(given: CallState) {
  const asCaller = given.at === "inviting" || given.at === "ringing-out";
  return [owe(asCaller ? "call.cancel" : "call.hangup"), over()];
}

describe.each(accepted)("the page of an accepted call ($name)", ({ given, bare }) => {
  it("[CALL-13] may be loaded again: the call waits, and nobody is told for 5 s", () => {
    const next = when(given, pageGone);
    expect(next).toEqual({ state: { ...bare, page: MISSING }, effects: [] });
    expect(callDue(next.state)).toBe(AT + 5_000);
  });

  it("has its tab looked after once it is gone, also with its worker", () => {
    const known = when(given, { ...pageHere(false), tab: 5 }).state;
    expect(known).toEqual({ ...given, tab: 5 });
    const watch = { type: "watch-call-tab", call: CALL, tab: 5 };
    expect(when(known, pageGone)).toEqual({ state: { ...bare, tab: 5, page: MISSING }, effects: [watch] });
    expect(when(known, workerStarted)).toEqual({ state: { ...given, tab: 5, page: MISSING }, effects: [watch] });
  });

  it("[CALL-13] comes back without media and asks for fresh ends", () => {
    const waiting = { ...bare, page: MISSING };
    const next = when(waiting, pageHere(true), AT + 1_000);
    expect(next.effects).toEqual([askRejoin]);
    expect(next.state).toMatchObject({ page: { at: "here" }, rejoin: "asked" });
    expect(next.state).not.toHaveProperty("ticket");
  });

  it("[CALL-13] comes back before its former port goes, and asks just as well", () => {
    const next = when(given, pageHere(true));
    expect(next.effects).toEqual([askRejoin]);
    expect(when(next.state, pageHere(false))).toEqual({ state: next.state, effects: [] });
  });

  it("[CALL-13] is away once its tab is closed, and the call hangs up after 20 s, not before", () => {
    const next = when(given, tabClosed);
    expect(next).toEqual({ state: { ...bare, page: AWAY }, effects: [] });
    expect(callDue(next.state)).toBe(AT + 20_000);
    expect(when(next.state, { type: "due" }, AT + 19_999)).toEqual({ state: next.state, effects: [] });
    const late = when(next.state, { type: "due" }, AT + 20_000);
    expect(late.state).toMatchObject({ at: "ended", reason: "hangup" });
    expect(late.effects).toEqual(letGo(given));
  });

  it("[CALL-13] is away where it has not come back for 5 s, and the 20 s count from its going", () => {
    const next = when({ ...bare, page: MISSING }, { type: "due" }, AT + 5_000);
    expect(next).toMatchObject({ state: { page: AWAY }, effects: [] });
    const closed = when({ ...bare, page: MISSING }, tabClosed, AT + 1_000);
    expect(closed).toMatchObject({ state: { page: AWAY }, effects: [] });
    expect(when(closed.state, tabClosed, AT + 2_000)).toEqual({ state: closed.state, effects: [] });
  });

  it("[CALL-13] is opened again by the strip, and then asks for fresh ends", () => {
    const away = { ...bare, page: AWAY };
    const shown = when(away, { type: "show-tab" });
    expect(shown).toEqual({ state: away, effects: [{ type: "open-call-tab", call: CALL }] });
    expect(when(away, pageHere(true)).effects).toEqual([askRejoin]);
  });

  it("[CALL-13] is not waited for once the person hangs up", () => {
    const next = when({ ...bare, page: AWAY }, hangUp);
    expect(next.state).toMatchObject({ at: "ended", reason: "hangup" });
    expect(next.effects).toEqual(letGo(given));
  });

  it("is loaded again by itself where it crashed, once", () => {
    const gone = { ...bare, tab: 5, page: MISSING };
    const revived = when(gone, { type: "page-crashed", call: CALL });
    expect(revived).toEqual({
      state: { ...gone, revived: true },
      effects: [{ type: "reload-call-tab", call: CALL, tab: 5 }],
    });
    expect(when(revived.state, { type: "page-crashed", call: CALL })).toEqual({ state: revived.state, effects: [] });
    expect(when(given, { type: "page-crashed", call: CALL })).toEqual({ state: given, effects: [] });
  });

  it("[CALL-13] that outlived its worker keeps its media", () => {
    const woken = when(given, workerStarted);
    expect(woken).toEqual({ state: { ...given, page: MISSING }, effects: [] });
    expect(when(woken.state, pageHere(false))).toEqual({ state: given, effects: [] });
    expect(when({ ...bare, page: AWAY }, workerStarted)).toEqual({ state: { ...bare, page: AWAY }, effects: [] });
  });

  it("[CALL-13] that went with its worker is waited for from the worker's return on", () => {
    const late = when({ ...given, page: MISSING }, { type: "due" }, AT + 5_000);
    expect(late).toMatchObject({ state: { page: AWAY }, effects: [] });
  });

  it("has what the person wished of the devices before", () => {
    const wishes = { camera: false, microphone: false };
    expect(when(given, { type: "page-wishes", call: CALL, wishes }).state).toEqual({ ...given, wishes });
  });
});

describe.each(ringing)("the page of a call that is not accepted ($name)", ({ given }) => {
  it("[CALL-13] has 5 s to be loaded again", () => {
    const gone = when(given, pageGone);
    expect(gone).toEqual({ state: { ...given, page: MISSING }, effects: [] });
    expect(when(gone.state, { type: "due" }, AT + 4_999)).toEqual({ state: gone.state, effects: [] });
    expect(when(gone.state, { type: "due" }, AT + 5_000).effects).toEqual(letGo(given));
  });

  it("[CALL-13] is back in time: the caller alone needs a fresh ticket, where it had one", () => {
    const next = when({ ...given, page: MISSING }, pageHere(true));
    const isRegistered = given.at === "ringing-out";
    expect(next.state).toEqual(isRegistered ? without(ringingOut, "ticket") : given);
    expect(next.effects).toEqual(isRegistered ? [askRejoin] : []);
  });

  it("ends the call at once where its tab is closed", () => {
    expect(when({ ...given, page: MISSING }, tabClosed).effects).toEqual(letGo(given));
    expect(when(given, tabClosed).effects).toEqual(letGo(given));
  });

  it("is left to come where it was not there yet", () => {
    const opening: CallState = { ...given, page: { at: "opening", until: AT + 1 } };
    expect(when(opening, tabClosed)).toEqual({ state: opening, effects: [] });
    expect(when(opening, pageGone)).toEqual({ state: opening, effects: [] });
    expect(when(opening, pageHere(true))).toEqual({ state: given, effects: [] });
    expect(when(opening, workerStarted)).toEqual({
      state: { ...given, page: { at: "opening", until: AT + 15_000 } },
      effects: [{ type: "open-call-tab", call: CALL }],
    });
  });
});

describe("a call that is accepted while its page is loaded again", () => {
  it("[CALL-13] waits on, and the page asks for ends that the one before had not", () => {
    const gone: CallState = { ...ringingOut, page: MISSING };
    const { state } = when(gone, acceptedNews());
    expect(state).toMatchObject({ at: "joining", page: MISSING });
    expect(when(state, pageHere(true)).effects).toEqual([askRejoin]);
  });
});

describe("fresh ends", () => {
  const waiting: Reconnecting = { ...reconnecting, rejoin: "asked" };
  const given: Reconnecting = { ...reconnecting, ticket: NEW_TICKET, rejoinedAt: AT };

  it("[CALL-13] end the wait of the page that asked", () => {
    expect(when(waiting, rejoinedNews())).toEqual({ state: given, effects: [] });
  });

  it("[CALL-13] are taken by the side that did not ask, whose talk goes on from the same start", () => {
    const next = when({ ...live, ticket: TICKET }, rejoinedNews());
    expect(next).toEqual({ state: { ...given, until: AT + 60_000 }, effects: [] });
  });

  it("[CALL-13] that are in use already change nothing: both asked at once, and were told twice", () => {
    expect(when(given, rejoinedNews())).toEqual({ state: given, effects: [] });
    const flows: Live = { ...live, ticket: NEW_TICKET, rejoinedAt: AT };
    expect(when(flows, rejoinedNews(), AT + 500)).toEqual({ state: flows, effects: [] });
  });

  it("[CALL-13] are not asked for within 5 s of those that a former page used up, since they would be the same", () => {
    const flows: Live = { ...live, ticket: NEW_TICKET, rejoinedAt: AT };
    const gone = when(flows, pageGone, AT + 1_000);
    const back = when(gone.state, pageHere(true), AT + 1_500);
    expect(back.effects).toEqual([]);
    expect(callDue(back.state)).toBe(AT + 5_000);
    expect(when(back.state, { type: "due" }, AT + 4_999)).toEqual({ state: back.state, effects: [] });
    const asked = when(back.state, { type: "due" }, AT + 5_000);
    expect(asked.effects).toEqual([askRejoin]);
    expect(asked.state).toMatchObject({ rejoin: "asked" });
    // A broken socket at PeerServer brings them no sooner.
    expect(when(back.state, { type: "ticket-wanted", call: CALL }, AT + 2_000)).toEqual({
      state: back.state,
      effects: [],
    });
  });

  it("[CALL-13] that came while no page was here are asked for at once, since none has used them", () => {
    const away: CallState = { ...reconnecting, page: AWAY };
    const told = when(away, rejoinedNews());
    expect(told.state).toEqual({ ...away, ticket: NEW_TICKET, rejoinedAt: AT, unused: true });
    const back = when(told.state, pageHere(true), AT + 100);
    expect(back.effects).toEqual([askRejoin]);
    // So they are where that page is loaded again before they are there.
    const again = when(when(back.state, pageGone, AT + 200).state, pageHere(true), AT + 300);
    expect(again.effects).toEqual([askRejoin]);
    expect(when(again.state, rejoinedNews(), AT + 400).state).not.toHaveProperty("unused");
  });

  it("[CALL-13] that came while the page was going are asked for at once", () => {
    const told = when(reconnecting, rejoinedNews());
    expect(when(told.state, pageHere(true), AT + 199).effects).toEqual([askRejoin]);
    const late = when(told.state, pageHere(true), AT + 200);
    expect(late.effects).toEqual([]);
    expect(late.state).toMatchObject({ rejoin: AT + 5_000 });
  });

  it.each([
    { name: "that was only opening [seed 12400]", page: { at: "opening", until: AT + 15_000 }, fresh: true },
    { name: "that outlived its worker", page: MISSING, fresh: false },
  ] as const)("[CALL-13] that came for a page $name are used up by it", ({ page, fresh }) => {
    const told = when({ ...answering, page }, rejoinedNews());
    const taken = when(told.state, pageHere(fresh), AT + 300);
    expect(taken).toMatchObject({ state: { ticket: NEW_TICKET, rejoinedAt: AT }, effects: [] });
    const back = when(when(taken.state, pageGone, AT + 1_000).state, pageHere(true), AT + 1_500);
    expect(back.effects).toEqual([]);
    expect(back.state).toMatchObject({ rejoin: AT + 5_000 });
  });

  it("[CALL-12] are asked for again after each welcome until they come, and not after", () => {
    expect(when(waiting, welcomed([running(true)]))).toEqual({ state: waiting, effects: [askRejoin] });
    expect(when(given, welcomed([running(true)]))).toEqual({ state: given, effects: [] });
    const later: Reconnecting = { ...reconnecting, rejoin: AT + 1_000 };
    expect(when(later, welcomed([running(true)]))).toEqual({ state: later, effects: [] });
  });

  it.each(["joining", "answering", "live", "reconnecting"] as const)(
    "[CALL-13] are asked for where the page wants a ticket while %s",
    (name) => {
      const state = everyState[name];
      const next = when(state, { type: "ticket-wanted", call: CALL });
      expect(next).toEqual({ state: { ...state, rejoin: "asked" }, effects: [askRejoin] });
    },
  );

  it("[CALL-13] are for the caller alone while it rings", () => {
    expect(when(ringingOut, { type: "ticket-wanted", call: CALL })).toEqual({
      state: ringingOut,
      effects: [askRejoin],
    });
    expect(when(ringingOut, rejoinedNews())).toEqual({ state: { ...ringingOut, ticket: NEW_TICKET }, effects: [] });
  });

  it("are kept through the return of the media", () => {
    const next = when(given, { type: "media-connected", call: CALL });
    expect(next.state).toEqual({ ...live, ticket: NEW_TICKET, rejoinedAt: AT });
  });

  it("mean nothing to a call that is over", () => {
    expect(when(endedCall, rejoinedNews())).toEqual({ state: endedCall, effects: [] });
    expect(when({ ...endedAs("hangup"), with: bob }, pageHere(true)).effects).toEqual([]);
  });
});

import type { CallRecord, Contact, ServerMessage, WelcomeCall } from "#protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { INITIAL_STATE, update } from "../../../extension/core/app.ts";
import type { AppEffect } from "../../../extension/core/app-effect-types.ts";
import type { AppEvent } from "../../../extension/core/app-event-types.ts";
import type { AppState } from "../../../extension/core/app-state-types.ts";
import { outward } from "../../../extension/core/outward.ts";
import { callPageOf, viewOf } from "../../../extension/core/projection.ts";
import { bob, callId, carol, contact, NOW, session, ticket, welcome } from "./given.ts";

/** Few calls, people, sockets and numbers, so that events meet each other. */
const call = fc.integer({ min: 1, max: 3 }).map(callId);
const person = fc.constantFrom(bob, carol);
const media = fc.constantFrom("audio" as const, "video" as const);
const number = fc.integer({ min: 1, max: 6 });
/** The first socket, and one that a loss brings. */
const socket = fc.integer({ min: 1, max: 2 });
const span = fc.integer({ min: 0, max: 60_000 });
const ends = fc.constantFrom("one", "two").map(ticket);
const reason = fc.constantFrom(
  "declined" as const,
  "cancelled" as const,
  "no-answer" as const,
  "answered-elsewhere" as const,
  "merged" as const,
  "hangup" as const,
);

const welcomeCall: fc.Arbitrary<WelcomeCall> = fc.oneof(
  fc.record({
    call,
    state: fc.constant("outgoing" as const),
    devices: number,
    mode: fc.constant("loud" as const),
    ticket: ends,
  }),
  fc.record({ call, state: fc.constant("incoming" as const), from: person, media, remaining: span }),
  fc.record({ call, state: fc.constant("running" as const), with: person, media, here: fc.boolean(), age: span }),
);

const message: fc.Arbitrary<ServerMessage> = fc.oneof(
  fc.record({ calls: fc.array(welcomeCall, { maxLength: 3 }), missed: number }).map((change) => welcome(change)),
  fc.record({ calls: fc.array(welcomeCall, { maxLength: 3 }), settling: span }).map((change) => welcome(change)),
  fc.record({ type: fc.constant("call.incoming" as const), call, from: person, media, remaining: span }),
  fc.record({
    type: fc.constant("call.ringing" as const),
    call,
    devices: number,
    mode: fc.constant("loud" as const),
    ticket: ends,
  }),
  fc.record({ type: fc.constant("call.accepted" as const), call, media, ticket: ends }),
  fc.record({ type: fc.constant("call.rejoined" as const), call, ticket: ends }),
  fc.record({ type: fc.constant("call.signal" as const), call, data: fc.jsonValue() }),
  fc.record({ type: fc.constant("call.ended" as const), call, reason, into: call }),
  fc.record({
    type: fc.constant("presence" as const),
    user: person.map(({ user }) => user),
    availability: fc.constant("busy" as const),
  }),
  fc.record({ type: fc.constant("missed" as const), count: number }),
  fc.record({ type: fc.constant("ok" as const), re: number }),
  fc.record({
    type: fc.constant("error" as const),
    re: number,
    code: fc.constantFrom("conflict" as const, "not_found" as const),
    message: fc.constant("No."),
  }),
  fc.constant({ type: "contacts.changed" as const }),
  fc.constant({ type: "pong" as const }),
);

/** As what comes out of a store. */
const PLAIN = { noNullPrototype: true };

const moment = {
  at: span.map((ms) => NOW + ms),
  random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
};

/** What the world, the server and pages may do, in any order, without a person's word. */
const events: fc.Arbitrary<AppEvent>[] = [
  fc.record({ ...moment, type: fc.constant("socket-message" as const), socket, message }),
  fc.record({ ...moment, type: fc.constant("socket-opened" as const), socket }),
  fc.record({
    ...moment,
    type: fc.constant("socket-closed" as const),
    socket,
    code: fc.constantFrom(1001, 1006, 1013, 4409),
  }),
  fc.record({
    ...moment,
    type: fc.constantFrom("started" as const, "due" as const, "network-online" as const, "retry-now" as const),
  }),
  fc.record({
    ...moment,
    type: fc.constantFrom("contacts-shown" as const, "contacts-hidden" as const, "missed-seen" as const),
  }),
  fc.record({
    ...moment,
    type: fc.constant("contacts-listed" as const),
    reading: fc.integer({ min: 1, max: 3 }),
    contacts: fc.constant<Contact[]>([contact(bob), contact(carol)]),
  }),
  fc.record({ ...moment, type: fc.constant("contacts-refused" as const), reading: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ ...moment, type: fc.constant("idle-changed" as const), idle: fc.boolean() }),
  fc.record({ ...moment, type: fc.constant("alerted" as const), call, mode: fc.constant("loud" as const) }),
  fc.record({
    ...moment,
    type: fc.constant("notification-closed" as const),
    closed: fc.record({ type: fc.constantFrom("incoming" as const, "waiting" as const), call }, PLAIN),
  }),
  fc.record({ ...moment, type: fc.constant("page-here" as const), call, fresh: fc.boolean() }),
  fc.record({
    ...moment,
    type: fc.constantFrom("page-gone" as const, "tab-closed" as const, "page-crashed" as const),
    call,
  }),
  fc.record({
    ...moment,
    type: fc.constantFrom(
      "media-connected" as const,
      "media-interrupted" as const,
      "media-failed" as const,
      "ticket-wanted" as const,
    ),
    call,
  }),
  fc.record({ ...moment, type: fc.constant("page-signal" as const), call, data: fc.jsonValue() }),
  fc.record({
    ...moment,
    type: fc.constantFrom("decline-call" as const, "hang-up" as const, "dismiss-call" as const),
    call,
  }),
  fc.record({ ...moment, type: fc.constant("show-call-tab" as const) }),
];

/** What pages that lead to no call may do. */
const wishes: fc.Arbitrary<AppEvent>[] = [
  fc.record({
    ...moment,
    type: fc.constantFrom("history-shown" as const, "history-hidden" as const, "more-calls" as const),
  }),
  fc.record({
    ...moment,
    type: fc.constant("calls-listed" as const),
    reading: span.map((ms) => NOW + ms),
    calls: fc.constant<CallRecord[]>([]),
    next: fc.constant("next"),
  }),
  fc.record({ ...moment, type: fc.constant("calls-refused" as const), reading: span.map((ms) => NOW + ms) }),
  fc.record({ ...moment, type: fc.constant("set-settings" as const), change: fc.record({ showBusy: fc.boolean() }) }),
  fc.record({
    ...moment,
    type: fc.constant("let-through" as const),
    user: person.map(({ user }) => user),
    on: fc.boolean(),
  }),
  fc.record({
    ...moment,
    type: fc.constant("watch-contact" as const),
    user: person.map(({ user }) => user),
    until: span.map((ms) => NOW + ms),
  }),
  fc.record({
    ...moment,
    type: fc.constantFrom("unwatch-contact" as const, "free-seen" as const),
    user: person.map(({ user }) => user),
  }),
];

/** A person's word: only these may lead to a call. */
const acts: fc.Arbitrary<AppEvent>[] = [
  fc.record({ ...moment, type: fc.constant("place-call" as const), call, user: person.map(({ user }) => user), media }),
  fc.record({ ...moment, type: fc.constant("accept-call" as const), call, media }),
  fc.record({
    ...moment,
    type: fc.constant("set-presence" as const),
    availability: fc.constant("away" as const),
    forMs: span,
  }),
  fc.record({ ...moment, type: fc.constant("sign-out" as const) }),
  fc.record({ ...moment, type: fc.constant("signed-in" as const), session: fc.constant(session) }),
];

/** Signed in, with contacts, on socket 1. */
const beginning: AppEvent[] = [
  { at: NOW, random: 0, type: "signed-in", session },
  { at: NOW, random: 0, type: "socket-opened", socket: 1 },
  { at: NOW, random: 0, type: "socket-message", socket: 1, message: welcome() },
  { at: NOW, random: 0, type: "contacts-listed", reading: 1, contacts: [contact(bob), contact(carol)] },
];

function play(story: AppEvent[], look: (state: AppState, effects: AppEffect[]) => void): void {
  let state: AppState = INITIAL_STATE;
  for (const event of [...beginning, ...story]) {
    const next = update(state, event);
    ({ state } = next);
    look(state, next.effects);
  }
}

/** Whether an effect takes part in a call: opens its page, and so the camera, or tells the server that this side wants it. */
function engages(effect: AppEffect): boolean {
  if (effect.type === "open-call-tab") return true;
  return effect.type === "send" && (effect.message.type === "call.accept" || effect.message.type === "call.invite");
}

describe("the whole client, in any order of events", () => {
  it("never throws, and its state is plain JSON that loses nothing", { timeout: 120_000 }, () => {
    const stories = fc.array(fc.oneof(...events, ...wishes, ...acts), { maxLength: 40, size: "max" });
    fc.assert(
      fc.property(stories, (story) => {
        play(story, (state) => {
          expect(JSON.parse(JSON.stringify(state))).toStrictEqual(state);
          outward(state);
          viewOf(state);
          callPageOf(state, callId(1));
        });
      }),
      { numRuns: 500 },
    );
  });

  it(
    "answers no call, places none and opens no page without a person's word, in 10,000 orders",
    { timeout: 120_000 },
    () => {
      const stories = fc.array(fc.oneof(...events, ...wishes), { maxLength: 30, size: "max" });
      fc.assert(
        fc.property(stories, (story) => {
          play(story, (_state, effects) => {
            if (effects.some(engages)) throw new Error("A call was taken part in");
          });
        }),
        { numRuns: 10_000 },
      );
    },
  );
});

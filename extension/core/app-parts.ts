import type { ClientMessage } from "#protocol";
import type { AppEffect, SignedIn } from "./app-types.ts";
import { isPresent } from "./call-parts.ts";
import type { Step } from "./machine.ts";

export type AppStep = Step<SignedIn, AppEffect>;
export type Sendable = Exclude<ClientMessage, { type: "hello" }>;

/** Goes on from a step with the next one, and keeps the effects of both in order. */
export function then(first: AppStep, next: (state: SignedIn) => AppStep): AppStep {
  const second = next(first.state);
  return { state: second.state, effects: [...first.effects, ...second.effects] };
}

/** The effect that sends this, or none where the line does not stand. [CONN-1] */
export function send(state: SignedIn, message: Sendable): AppEffect[] {
  const { line } = state.connection;
  return line.at === "online" ? [{ type: "send", socket: line.socket, message }] : [];
}

/** Whether someone looks on, so that the waits for the line are short. [CONN-4] */
export function isWatched(state: SignedIn): boolean {
  return state.contactsShown || isPresent(state.call);
}

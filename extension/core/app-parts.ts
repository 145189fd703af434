import type { ClientMessage } from "#protocol";
import type { AppEffect } from "./app-effect-types.ts";
import type { SignedIn } from "./app-state-types.ts";
import { isPresent } from "./call-parts.ts";
import { expectAnswer } from "./connection.ts";
import type { Step } from "./machine.ts";

export type AppStep = Step<SignedIn, AppEffect>;
export type Sendable = Exclude<ClientMessage, { type: "hello" }>;

/** Goes on from a step with the next one, and keeps the effects of both in order. */
export function andThen(first: AppStep, next: (state: SignedIn) => AppStep): AppStep {
  const second = next(first.state);
  return { state: second.state, effects: [...first.effects, ...second.effects] };
}

/** The effect that sends this, or none where the line does not stand. [CONN-1] */
export function send(state: SignedIn, message: Sendable): AppEffect[] {
  const { line } = state.connection;
  return line.at === "online" ? [{ type: "send", socket: line.socket, message }] : [];
}

/** Sends a request, and counts on its answer. */
export function ask(state: SignedIn, at: number, message: Sendable): AppStep {
  const effects = send(state, message);
  if (effects.length === 0) return { state, effects };
  return { state: { ...state, connection: expectAnswer(state.connection, at) }, effects };
}

/** Whether someone looks on, so that the waits for the line are short. [CONN-4] */
export function isWatched(state: SignedIn): boolean {
  return state.contactsShown || isPresent(state.call);
}

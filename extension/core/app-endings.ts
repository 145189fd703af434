import type { CallId } from "#protocol";
import { type AppStep, ask } from "./app-parts.ts";
import type { MissedCall, SignedIn } from "./app-state-types.ts";
import type { OwedEnding } from "./call-types.ts";
import { step } from "./machine.ts";

/** So many calls that are over are remembered, against their late messages. */
const OVER_REMEMBERED = 16;

/** Tells the server of an ending until it confirms. */
export function owe(state: SignedIn, at: number, ending: OwedEnding): AppStep {
  if (state.owed.some(({ call }) => call === ending.call)) return step(state);
  const next = { ...state, owed: [...state.owed, ending], lastRequest: Math.max(state.lastRequest, ending.request) };
  return ask(next, at, owedMessage(ending));
}

export function owedMessage({ call, type, request }: OwedEnding) {
  return { type, id: request, call } as const;
}

/** The answer to a request: an ending is confirmed by any. */
export function confirmEnding(state: SignedIn, request: number): SignedIn {
  const owed = state.owed.filter((ending) => ending.request !== request);
  return owed.length === state.owed.length ? state : { ...state, owed };
}

/** The call is over here: no late message of it begins it again. */
export function withOver(state: SignedIn, call: CallId): SignedIn {
  return state.over.includes(call) ? state : { ...state, over: [...state.over, call].slice(-OVER_REMEMBERED) };
}

export function withMissed(state: SignedIn, missed: MissedCall): SignedIn {
  const missedFrom = { ...state.missedFrom, [missed.from.user]: missed.at };
  return { ...state, lastMissed: missed, missedFrom };
}

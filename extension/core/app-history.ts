import { unreachable } from "#protocol";
import type { AppStep } from "./app-parts.ts";
import type { AppEffect } from "./app-effect-types.ts";
import type { HistoryEvent, PageCommand } from "./app-event-types.ts";
import type { AppState, SignedIn } from "./app-state-types.ts";
import { isPresent } from "./call-parts.ts";
import {
  hideHistory,
  type History,
  type HistoryStep,
  listHistory,
  readFirst,
  readMore,
  refuseHistory,
  retryHistory,
  showHistory,
  wantHistory,
} from "./history.ts";
import { step } from "./machine.ts";

type Happening = HistoryEvent | Extract<PageCommand, { type: "read-calls" | "more-calls" }>;

/** A page looks at the history, or the accounts tell of it. */
export function onHistory(state: SignedIn, event: Happening & { at: number }): AppStep {
  const { history } = state;
  switch (event.type) {
    case "history-shown":
      return readCalls({ ...state, history: showHistory(history) }, event.at);
    case "history-hidden":
      return step({ ...state, history: hideHistory(history) });
    case "read-calls":
      return readCalls(state, event.at);
    case "more-calls":
      return reading(state, readMore(history, event.at));
    case "calls-listed": {
      const listed = listHistory(history, event.reading, event.calls, event.next);
      return listed === history ? step(state) : seeMissed({ ...state, history: listed });
    }
    case "calls-refused":
      return step(withHistory(state, refuseHistory(history, event.reading, event.at)));
    case "seen-refused":
      return step(withHistory(state, retryHistory(history, event.at)));
    default:
      return unreachable(event);
  }
}

/** Reads the newest calls where there is a line; without one the next welcome leads here. */
export function readCalls(state: SignedIn, at: number): AppStep {
  const isOnline = state.connection.line.at === "online";
  return state.history.shown && isOnline ? reading(state, readFirst(state.history, at)) : step(state);
}

/** Reads them anew where that is due. */
export function historyDue(state: SignedIn, at: number): AppStep {
  const { readAt, ...rest } = state.history;
  if (readAt === undefined || at < readAt) return step(state);
  return readCalls({ ...state, history: rest }, at);
}

/** A call that has ended, or another number of missed ones, is news to whoever looks at the history. */
export function withHistoryNews(before: AppState, state: SignedIn, at: number): SignedIn {
  if (before.at === "signed-out" || !state.history.shown) return state;
  const isOver = isPresent(before.call) && !(isPresent(state.call) && state.call.call === before.call.call);
  return isOver || before.missed !== state.missed ? withHistory(state, wantHistory(state.history, at)) : state;
}

/** Whoever is at this device and has the list before them has seen what was missed, on every device. */
export function seeMissed(state: SignedIn): AppStep {
  const { history, idle, missed } = state;
  const isSeen = history.shown && history.known && history.reading.at === "no" && !idle && missed > 0;
  return isSeen ? step<SignedIn, AppEffect>(state, { type: "mark-calls-seen" }) : step(state);
}

function reading(state: SignedIn, { history, read }: HistoryStep): AppStep {
  const effects = read === undefined ? [] : [{ type: "list-calls", ...read } as const];
  return step<SignedIn, AppEffect>(withHistory(state, history), ...effects);
}

function withHistory(state: SignedIn, history: History): SignedIn {
  return history === state.history ? state : { ...state, history };
}

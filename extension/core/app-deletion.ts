import { signedOut } from "./app-line.ts";
import type { AppEffect } from "./app-effect-types.ts";
import type { AppEvent } from "./app-event-types.ts";
import type { AppState } from "./app-state-types.ts";
import { socketOf } from "./connection.ts";
import { type Step, step } from "./machine.ts";

type Deletion = Extract<AppEvent, { type: "account-deleted" | "deletion-lost" }>;

/**
 * Nothing of the account is left, or perhaps nothing: its session may have ended before the answer was here, and somebody else may
 * be signed in by then.
 */
export function onDeletion(state: AppState, { type, user }: Deletion): Step<AppState, AppEffect> {
  if (state.at === "signed-out") {
    const isSure = type === "account-deleted" || state.sessionEnded;
    return step(isSure ? { ...state, sessionEnded: false, deleted: true } : state);
  }
  if (state.session.user !== user) return step(state);
  if (type === "deletion-lost") return step({ ...state, deletionLost: true });
  const socket = socketOf(state.connection.line);
  return step<AppState, AppEffect>(
    { ...signedOut(state, false), deleted: true },
    ...(socket === undefined ? [] : [{ type: "close-socket", socket } as const]),
    { type: "forget-token", revoke: false },
  );
}

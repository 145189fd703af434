/** The close codes of the presence socket. */
export const CloseCode = {
  goingAway: 1001,
  tooLarge: 1009,
  tryLater: 1013,
  badMessages: 4400,
  unauthorized: 4401,
  helloTimeout: 4408,
  replaced: 4409,
  tooFast: 4429,
} as const;
export type CloseCode = (typeof CloseCode)[keyof typeof CloseCode];

/**
 * What a client does about a closed socket:
 * - `reconnect`: by the usual policy;
 * - `reconnect-spread`: the server restarts, so come back spread over 0–10 s;
 * - `sign-in`: the session is not valid, do not retry;
 * - `stand-down`: a newer socket of the same device took over, do not fight it.
 */
export type CloseRemedy = "reconnect" | "reconnect-spread" | "sign-in" | "stand-down";

/** The one remedy of a close code; an unknown code means reconnect. */
export function remedyFor(code: number): CloseRemedy {
  if (code === CloseCode.goingAway) return "reconnect-spread";
  if (code === CloseCode.unauthorized) return "sign-in";
  if (code === CloseCode.replaced) return "stand-down";
  return "reconnect";
}

/** A server that goes away asks for a return spread over this span. */
export const GOING_AWAY_SPREAD_MS = 10_000;

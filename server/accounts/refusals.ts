import { ParseCode, type RefusalReason } from "#protocol";
import type { Response } from "express";

/** What a client may do about a refusal by itself. */
interface RefusalDetails {
  /** The parameter at fault. */
  field?: string | undefined;
  reason?: RefusalReason | undefined;
  retryAfterMs?: number | undefined;
}

/** Why a request comes to nothing: Parse's code, and a sentence that says what to do. */
export class Refusal extends Error {
  readonly code: number;
  readonly field: string | undefined;
  readonly reason: RefusalReason | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(code: number, message: string, { field, reason, retryAfterMs }: RefusalDetails = {}) {
    super(message);
    this.code = code;
    this.field = field;
    this.reason = reason;
    this.retryAfterMs = retryAfterMs;
  }
}

/** Where one parameter is at fault. */
export function wrongField(field: string, message: string): Refusal {
  return new Refusal(ParseCode.invalid, message, { field });
}

/** Where nothing that was given is wrong, but something stands in its way. */
export function because(reason: RefusalReason, message: string): Refusal {
  return new Refusal(ParseCode.invalid, message, { reason });
}

export function tooMany(retryAfterMs: number): Refusal {
  const seconds = Math.ceil(retryAfterMs / 1000);
  return new Refusal(
    ParseCode.tooMany,
    `That was too often; try again in ${seconds < 120 ? `${String(seconds)} seconds` : `${String(Math.ceil(seconds / 60))} minutes`}.`,
    { retryAfterMs },
  );
}

/** Nobody asked too often, but too many at once. */
export function busy(retryAfterMs: number): Refusal {
  return new Refusal(ParseCode.tooMany, "The server has too much of this to do just now; try again in a moment.", {
    retryAfterMs,
  });
}

export function sessionOver(): Refusal {
  return new Refusal(ParseCode.invalidSession, "The session is not valid; sign in again.");
}

export function databaseAway(): Refusal {
  return new Refusal(ParseCode.internal, "The server cannot reach its database just now; try again in a moment.", {
    retryAfterMs: 2_000,
  });
}

const MISTAKE = "The server made a mistake; try again later.";

/** A fault of ours. */
export function mistake(): Refusal {
  return new Refusal(ParseCode.internal, MISTAKE);
}

/** Parse hands an error of a function on by its own kind of error, of which the sentence alone tells this one. */
export function isMistake(sentence: string): boolean {
  return sentence === MISTAKE;
}

// Those of Parse's codes that have an HTTP status of their own; any other is 400.
const STATUS: Record<number, number> = {
  [ParseCode.internal]: 503,
  [ParseCode.notFound]: 404,
  [ParseCode.forbidden]: 403,
  [ParseCode.tooMany]: 429,
};

/** Answers in Parse's form. */
export function refuse(response: Response, refusal: Refusal, status = STATUS[refusal.code] ?? 400): void {
  if (response.headersSent) return;
  if (refusal.retryAfterMs !== undefined) {
    response.set({
      "Retry-After": String(Math.ceil(refusal.retryAfterMs / 1000)),
      "Access-Control-Expose-Headers": "Retry-After",
    });
  }
  const { code, message: error, field, reason } = refusal;
  // What is undefined does not stand in JSON.
  response.status(status).json({ code, error, field, reason });
}

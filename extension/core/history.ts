import type { CallRecord } from "#protocol";

/** So many calls are read at a time, and kept while nobody looks. */
const PAGE = 30;
/** The server writes a call's record behind its end, so the list is read a moment after. */
const READ_AFTER_MS = 1_000;
/** A list that could not be read is tried again after this span, while somebody looks at it. */
const RETRY_MS = 15_000;

/** The person's own calls as the accounts last told them, newest first. Instants are ms since 1970. */
export interface History {
  calls: CallRecord[];
  /** False until it was read or restored once. */
  known: boolean;
  /** The cursor of the page behind the last call that is known. */
  next?: string;
  /** Whether pages behind the first were read, so that reading the first anew must not drop them. */
  paged: boolean;
  /** Whether a page of ours shows it. */
  shown: boolean;
  reading: { at: "no" } | { at: "reading"; number: number; before?: string } | { at: "failed"; more: boolean };
  lastReading: number;
  /** When the first page must be read anew. */
  readAt?: number;
}

/** A history and, where a page of it must be read now, which. */
export interface HistoryStep {
  history: History;
  read?: { reading: number; before?: string; limit: number };
}

/** A history that was saved, or of nothing yet. */
export function newHistory(saved?: CallRecord[]): History {
  const known = saved !== undefined;
  return { calls: saved ?? [], known, paged: false, shown: false, reading: { at: "no" }, lastReading: 0 };
}

/** What is kept of it while nobody looks, and over the browser's end. */
export function firstPage({ calls }: History): CallRecord[] {
  return calls.slice(0, PAGE);
}

export function showHistory(history: History): History {
  return { ...history, shown: true };
}

/** Nobody looks any more: one page is kept, for the next time. */
export function hideHistory(history: History): History {
  const { known, lastReading } = history;
  return { ...newHistory(), calls: firstPage(history), known, lastReading };
}

/** Reads the newest calls. Numbers are instants where they can be, so that none comes twice over a sign-out. */
export function readFirst(history: History, at: number): HistoryStep {
  const number = Math.max(history.lastReading + 1, at);
  const next: History = { ...history, reading: { at: "reading", number }, lastReading: number };
  delete next.readAt;
  return { history: next, read: { reading: number, limit: PAGE } };
}

/** Reads the calls behind the last that is known, where there are any. */
export function readMore(history: History, at: number): HistoryStep {
  const { next: before } = history;
  if (before === undefined || history.reading.at === "reading") return { history };
  const number = Math.max(history.lastReading + 1, at);
  const next: History = { ...history, reading: { at: "reading", number, before }, lastReading: number };
  return { history: next, read: { reading: number, before, limit: PAGE } };
}

/** Something has changed that the list tells: whoever looks at it shall see that. */
export function wantHistory(history: History, at: number): History {
  return history.shown && history.readAt === undefined ? { ...history, readAt: at + READ_AFTER_MS } : history;
}

/** A page was read; the answer to an older reading changes nothing. */
export function listHistory(history: History, number: number, calls: CallRecord[], next: string | undefined): History {
  const { reading } = history;
  if (reading.at !== "reading" || reading.number !== number) return history;
  const read: History = { ...history, known: true, reading: { at: "no" } };
  if (reading.before !== undefined) {
    return withNext({ ...read, calls: [...history.calls, ...without(calls, history.calls)], paged: true }, next);
  }
  const last = history.paged ? history.calls.findIndex(({ call }) => call === calls.at(-1)?.call) : -1;
  if (last === -1) return withNext({ ...read, calls, paged: false }, next);
  return { ...read, calls: [...calls, ...history.calls.slice(last + 1)] };
}

/** A page could not be read. */
export function refuseHistory(history: History, number: number, at: number): History {
  const { reading } = history;
  if (reading.at !== "reading" || reading.number !== number) return history;
  const failed: History = { ...history, reading: { at: "failed", more: reading.before !== undefined } };
  return retryHistory(failed, at);
}

/** Reads it again after a while. */
export function retryHistory(history: History, at: number): History {
  return history.shown ? { ...history, readAt: at + RETRY_MS } : history;
}

/** A reading that died with its worker is begun anew by the page that looks, if one still does. */
export function forgetHistoryReading(history: History): History {
  return { ...hideHistory(history), calls: history.calls };
}

function withNext(history: History, next: string | undefined): History {
  const { next: former, ...rest } = history;
  return next === undefined ? (former === undefined ? history : rest) : { ...history, next };
}

function without(calls: CallRecord[], known: CallRecord[]): CallRecord[] {
  const ids = new Set(known.map(({ call }) => call));
  return calls.filter(({ call }) => !ids.has(call));
}

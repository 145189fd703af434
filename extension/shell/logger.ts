/** Writes one line: a short fixed sentence, and what it is about. Never a password, token, ticket, SDP or address. */
type Line = (message: string, about?: Record<string, unknown>) => void;

export interface Logger {
  /** A person must act. */
  error: Line;
  /** It went wrong and we coped. */
  warn: Line;
  /** A change of state that a user would notice. */
  info: Line;
  debug: Line;
}

/** A line of trouble as a report may hold it: its fixed sentence alone. */
interface Trouble {
  at: number;
  line: string;
}

const MAX_TROUBLES = 20;
const troubles: Trouble[] = [];

/** The last warnings and errors since this background began, oldest first. */
export function lastTroubles(): readonly Trouble[] {
  return troubles;
}

/** The logger of one room; debug lines are left out of a finished build. */
export function createLogger(room: string): Logger {
  const write =
    (level: "error" | "warn" | "info" | "debug"): Line =>
    (message, about) => {
      if (level === "debug" && import.meta.env.PROD) return;
      if (level === "warn" || level === "error")
        troubles.push({ at: Date.now(), line: `${level} [${room}] ${message}` });
      troubles.splice(0, troubles.length - MAX_TROUBLES);
      // eslint-disable-next-line no-console -- the one place that may
      console[level](`[${room}] ${message}`, ...(about === undefined ? [] : [about]));
    };
  return { error: write("error"), warn: write("warn"), info: write("info"), debug: write("debug") };
}

/** What may be logged of something caught. */
export function errorName(caught: unknown): string {
  return caught instanceof Error ? `${caught.name}: ${caught.message}` : typeof caught;
}

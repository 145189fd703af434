import type { Accounts } from "../accounts/accounts.ts";
import type { ConnectionId } from "../core/events.ts";
import { SESSION_CHECK_BATCH, SESSION_CHECK_EVERY_MS } from "../limits.ts";
import type { Logger } from "../logger.ts";

export interface SessionWatchOptions {
  accounts: Pick<Accounts, "validSessions">;
  /** Whoever is online now, with the name of their session. */
  online: () => Iterable<[ConnectionId, string]>;
  revoked: (connection: ConnectionId) => void;
  log: Logger;
  signal: AbortSignal;
}

/**
 * Asks again and again which sessions are still valid, until the signal. Where the database cannot be asked nothing
 * happens: nobody is signed out by an outage. [CONN-5]
 */
export function watchSessions({ accounts, online, revoked, log, signal }: SessionWatchOptions): void {
  const check = async (): Promise<void> => {
    try {
      const connections = [...online()];
      const names = [...new Set(connections.map(([, session]) => session))];
      const valid = await validOf(accounts, names);
      if (signal.aborted || valid === undefined) return;
      for (const [connection, session] of connections) if (!valid.has(session)) revoked(connection);
    } catch (error) {
      log.error("the sessions could not be checked", { error });
    } finally {
      wait();
    }
  };
  let timer: NodeJS.Timeout | undefined;
  const wait = (): void => {
    // `check` handles its own failure.
    if (!signal.aborted) timer = setTimeout(() => void check(), SESSION_CHECK_EVERY_MS);
  };
  signal.addEventListener("abort", () => clearTimeout(timer));
  wait();
}

async function validOf(accounts: Pick<Accounts, "validSessions">, names: string[]): Promise<Set<string> | undefined> {
  const valid = new Set<string>();
  for (let from = 0; from < names.length; from += SESSION_CHECK_BATCH) {
    const batch = await accounts.validSessions(names.slice(from, from + SESSION_CHECK_BATCH));
    if (batch === undefined) return undefined;
    for (const session of batch) valid.add(session);
  }
  return valid;
}

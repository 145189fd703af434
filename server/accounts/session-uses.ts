import type { DatabasePool } from "../database/pool.ts";
import type { Logger } from "../logger.ts";
import { SESSION_SECONDS } from "./sessions.ts";

/** So many are written at once: after a restart everyone comes back within seconds. */
const BATCH = 500;

const NOTE = `
  UPDATE "_Session" AS s SET "device" = used.device, "updatedAt" = now(),
    "expiresAt" = now() + make_interval(secs => $3)
  FROM unnest($1::text[], $2::text[]) AS used (id, device)
  WHERE s."objectId" = used.id AND s."expiresAt" > now()`;

/**
 * Notes which device uses a session, and when. Behind, many in one go; what the database does not take is let go, since
 * the next hello says it again.
 */
export class SessionUses {
  readonly #database: DatabasePool;
  readonly #logger: Logger;
  readonly #waiting = new Map<string, string>();
  #running: Promise<void> | undefined;

  constructor(database: DatabasePool, logger: Logger) {
    this.#database = database;
    this.#logger = logger;
  }

  note(session: string, device: string): void {
    this.#waiting.set(session, device);
    this.#running ??= this.#run();
  }

  /** Resolves once nothing waits any more. */
  async settled(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#waiting.size > 0) {
      const batch = [...this.#waiting].slice(0, BATCH);
      for (const [session] of batch) this.#waiting.delete(session);
      try {
        const [sessions, devices] = [batch.map(([session]) => session), batch.map(([, device]) => device)];
        await this.#database.rows(NOTE, [sessions, devices, SESSION_SECONDS]);
      } catch (error) {
        this.#logger.warn("the use of sessions could not be noted", { error });
      }
    }
    this.#running = undefined;
  }
}

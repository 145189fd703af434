import type { CallId, CallRecord } from "#protocol";
import type { Client } from "pg";
import { callFunction, type SignedUp } from "./accounts.ts";
import type { Backend } from "./backend.ts";
import { connectTo } from "./database-client.ts";
import { until } from "./until.ts";

/** Resolves once the server has written that the call is so far; of one that rings, with the ends of its ticket. */
export async function untilWritten(
  backend: Backend,
  call: CallId,
  state: "ringing" | "running" | "ended",
): Promise<void> {
  const client = await connected(backend);
  try {
    await until(`the row of a call that is ${state}`, async () => {
      const { rows } = await client.query(
        `SELECT 1 FROM "Call" WHERE "call" = $1 AND "state" = $2 AND ("state" <> 'ringing' OR "live" -> 'ends' IS NOT NULL)`,
        [call, state],
      );
      return rows.length > 0 ? true : undefined;
    });
  } finally {
    await client.end();
  }
}

/** The server's writes of calls stand still until they are let go, or lost. */
export class HeldWrites {
  readonly #client: Client;

  private constructor(client: Client) {
    this.#client = client;
  }

  static async begin(backend: Backend): Promise<HeldWrites> {
    const client = await connected(backend);
    await client.query("BEGIN");
    // Reading goes on.
    await client.query(`LOCK TABLE "Call" IN EXCLUSIVE MODE`);
    return new HeldWrites(client);
  }

  /** Nothing that waits is written any more; to be called once the server is dead. */
  async lose(): Promise<void> {
    await this.#client.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
    );
    await this.letGo();
  }

  async letGo(): Promise<void> {
    await this.#client.query("ROLLBACK");
    await this.#client.end();
  }
}

async function connected(backend: Backend): Promise<Client> {
  const client = await connectTo(await backend.databaseUri());
  return client;
}

/** The records of this call in a person's own list, once there are any. */
export function recordsOf(backend: Backend, { token }: SignedUp, call: CallId): Promise<CallRecord[]> {
  return until("the record", async () => {
    const { calls } = await callFunction(backend.url, "listCalls", {}, token);
    const own = calls.filter((one) => one.call === call);
    return own.length > 0 ? own : undefined;
  });
}

import type { Client } from "pg";
import {
  plant,
  startTestAccounts,
  startTestDatabase,
  type TestAccounts,
  type TestAccountsOptions,
  type TestDatabase,
  type TestPerson,
} from "./backend-accounts.ts";
import { connectTo } from "./database-client.ts";

/** Accounts on a database of their own with a look into it, as most files of tests want them. */
export interface AccountsAlone {
  database: TestDatabase;
  /** A restart makes others. */
  accounts: TestAccounts;
  client: Client;
  /** People of these names, with handles that nobody had before. */
  people<Names extends string[]>(...names: Names): Promise<{ [At in keyof Names]: TestPerson }>;
  restart(): Promise<void>;
  /** Ends all of it. */
  stop: () => Promise<void>;
}

export async function startAccountsAlone(options: TestAccountsOptions = {}): Promise<AccountsAlone> {
  const database = await startTestDatabase();
  const accounts = await startTestAccounts(database, options);
  const client = await connectTo(database.uri);
  let count = 0;
  const alone: AccountsAlone = {
    database,
    accounts,
    client,
    people: async <Names extends string[]>(...names: Names) => {
      count += 1;
      const people = names.map((name) => ({ handle: `${name.toLowerCase()}${String(count)}`, name }));
      // One person for each name, in their order.
      return (await plant(alone.accounts, database, people)) as { [At in keyof Names]: TestPerson };
    },
    restart: async () => {
      await alone.accounts.close();
      alone.accounts = await startTestAccounts(database, options);
    },
    stop: async () => {
      await client.end();
      await alone.accounts.close();
      await database.stop();
    },
  };
  return alone;
}

import type { Database, DatabasePool } from "../database/pool.ts";
import type { AccountsEvent } from "./accounts.ts";
import { oneByOne } from "./one-by-one.ts";

/** Notes what is to be told once the act is kept. */
export type Tell = (event: AccountsEvent) => void;

export type Alone = <Outcome>(act: (database: Database, tell: Tell) => Promise<Outcome>) => Promise<Outcome>;

/** One act at a time: a transaction whose events are told once it is kept, before the next begins. */
export function oneAtATime(database: DatabasePool, emit: Tell): Alone {
  const inTurn = oneByOne();
  return (act) =>
    inTurn(async () => {
      const events: AccountsEvent[] = [];
      const outcome = await database.transaction((inside) => act(inside, (event) => events.push(event)));
      for (const event of events) emit(event);
      return outcome;
    });
}

import type { Database, DatabasePool } from "../database/pool.ts";
import type { AccountsEvent } from "./accounts.ts";

/** Notes what is to be told once the act is kept. */
export type Tell = (event: AccountsEvent) => void;

/** One act of a person: all of what it writes is kept, or nothing. */
export type Act<Outcome> = (database: Database, tell: Tell) => Promise<Outcome>;

export type Alone = <Outcome>(act: Act<Outcome>) => Promise<Outcome>;

/** One act at a time: a transaction whose events are told once it is kept, before the next begins. */
export function oneAtATime(database: DatabasePool, emit: Tell): Alone {
  let last: Promise<unknown> = Promise.resolve();
  return (act) => {
    const turn = last.then(async () => {
      const events: AccountsEvent[] = [];
      const outcome = await database.transaction((inside) => act(inside, (event) => events.push(event)));
      for (const event of events) emit(event);
      return outcome;
    });
    last = turn.catch(() => undefined);
    return turn;
  };
}

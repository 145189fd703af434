import { isCrossed, type Database, type DatabasePool } from "../database/pool.ts";
import type { AccountsEvent } from "./accounts.ts";
import { oneByOne } from "./one-by-one.ts";

/** Notes what is to be told once the act is kept. */
export type Tell = (event: AccountsEvent) => void;

export type Alone = <Outcome>(act: (database: Database, tell: Tell) => Promise<Outcome>) => Promise<Outcome>;

/**
 * One act at a time: a transaction whose events are told once it is kept, before the next begins. Where it crossed with what
 * is written beside these acts, nothing of it was kept, and it is done once more.
 */
export function oneAtATime(database: DatabasePool, emit: Tell): Alone {
  const inTurn = oneByOne();
  return (act) =>
    inTurn(async () => {
      let events: AccountsEvent[] = [];
      const once = () => {
        events = [];
        return database.transaction((inside) => act(inside, (event) => events.push(event)));
      };
      const outcome = await once().catch((error: unknown) => {
        if (isCrossed(error)) return once();
        throw error;
      });
      for (const event of events) emit(event);
      return outcome;
    });
}

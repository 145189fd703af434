import { expect, it } from "vitest";
import { simulate } from "../support/simulation/simulate.ts";

const SEEDS = 2_000;
/** Seeds run in turns, so that the test's own timer can still speak. */
const SEEDS_A_TURN = 50;

it(
  "[CALL-1, CALL-4, CALL-6, CALL-7, CALL-10, CALL-11, CALL-12, CALL-14, CONN-4, PRES-1, PRES-4] holds with several people, devices and faults",
  { timeout: 300_000 },
  async () => {
    for (let first = 0; first < SEEDS; first += SEEDS_A_TURN) {
      for (let seed = first; seed < first + SEEDS_A_TURN; seed += 1) {
        const { problems } = simulate(seed);
        expect(problems, `seed ${seed}; replay: node tests/support/simulation/run.ts --seed ${seed}`).toEqual([]);
      }
      await new Promise(setImmediate);
    }
  },
);

import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** Names the folder that servers of tests begin with. Where it is not set, as in the demo, they begin with nothing. */
export const SEED_VARIABLE = "BECKON_TEST_DATA";

/** Puts into the empty folder of a server that is about to start what a first start would make there. */
export async function plantSeed(dataDir: string): Promise<void> {
  const seed = process.env[SEED_VARIABLE];
  // PostgreSQL's files belong to PostgreSQL's user, which a copy made by Node would not.
  if (seed !== undefined) await promisify(execFile)("cp", ["-a", `${seed}/.`, dataDir]);
}

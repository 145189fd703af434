import { beforeAll, describe } from "vitest";

/** Where the whole has to be shown to work, what is missing is a failure. */
const CAN_SKIP = process.env["CI"] === undefined;

/**
 * Tests that need what not every machine has; `missing` says why it is not there. They are skipped then, and say so; with
 * `CI` set they fail.
 */
export function describeWhere(missing: string | undefined, name: string, tests: () => void): void {
  if (missing !== undefined && CAN_SKIP) console.log(`The tests of "${name}" are skipped: ${missing}.`);
  describe.skipIf(missing !== undefined && CAN_SKIP)(name, () => {
    beforeAll(() => {
      if (missing !== undefined) throw new Error(`"${name}" cannot be tested here: ${missing}.`);
    });
    tests();
  });
}

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "..", "..", "..");

it("each decision has a number of its own", () => {
  const numbers = readdirSync(join(ROOT, "docs", "decisions")).map((name) => name.slice(0, 4));
  expect(numbers).toEqual([...new Set(numbers)]);
});

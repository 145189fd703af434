import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/** The numbers of the rules, as the contract lists them. */
const RULES = [
  ...readFileSync(join(ROOT, "protocol", "RULES.md"), "utf8").matchAll(/^- \*\*((?:CONN|PRES|CALL)-\d+)\*\*/gm),
]
  // The pattern has one group.
  .map(([, rule]) => rule!);

/** The rules that a person would notice: each is tested in real browsers too. */
const NOTICED = [
  ..."CONN-4 CONN-5 PRES-1 PRES-3 PRES-4 PRES-5".split(" "),
  ..."CALL-2 CALL-3 CALL-4 CALL-5 CALL-6 CALL-7 CALL-8 CALL-9 CALL-11 CALL-12 CALL-13 CALL-14".split(" "),
];

/** The rules that the titles of the tests in this folder name. */
function testedIn(folder: string): string[] {
  const files = globSync("**/*.test.ts", { cwd: join(ROOT, "tests", folder) });
  const text = files.map((file) => readFileSync(join(ROOT, "tests", folder, file), "utf8")).join("\n");
  return RULES.filter((rule) => text.includes(`[${rule}]`));
}

describe("the tests of the contract", () => {
  it("know every rule", () => {
    expect(RULES).toHaveLength(24);
  });

  it.each(["unit", "server"])("test every rule in tests/%s", (folder) => {
    expect(testedIn(folder)).toEqual(RULES);
  });

  it("test in browsers what people notice", () => {
    const tested = testedIn("e2e");
    expect(NOTICED.filter((rule) => !tested.includes(rule))).toEqual([]);
  });
});

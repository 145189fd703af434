import { describe, expect, it } from "vitest";
import { countResults, type Report } from "../../../scripts/test-results.ts";

/** A run of five tests that passed, but for the files that are named. */
function report(...testResults: Report["testResults"]): Report {
  const failures = testResults.flatMap(({ assertionResults }) => assertionResults);
  return { numPassedTests: 5, numFailedTests: failures.length, numPendingTests: 1, numTodoTests: 0, testResults };
}

function count(one: Report, ...failed: string[]) {
  return countResults(new Map([["server", one]]), failed);
}

describe("what the last line of the tests counts as failed", () => {
  it("is nothing where nothing failed", () => {
    expect(count(report())).toEqual({ passed: 5, failed: 0, skipped: 1 });
  });

  it("is each test that failed, once", () => {
    const file = { name: "a", status: "failed", assertionResults: [{ fullName: "b", status: "failed" }] };
    expect(count(report(file), "server").failed).toBe(1);
  });

  it("is a file whose hook threw, though its tests passed", () => {
    expect(count(report({ name: "a", status: "failed", assertionResults: [] }), "server").failed).toBe(1);
  });

  it("is a run that failed after its last test, and a check", () => {
    expect(count(report(), "server", "Lint").failed).toBe(2);
  });
});

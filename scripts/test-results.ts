import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { ROOT } from "./setup/command.ts";

const FOLDER = join(ROOT, ".cache", "results");

/** The part of a report in the form of Vitest's `json` reporter that is counted. */
interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly { readonly status: string; readonly assertionResults: readonly unknown[] }[];
}

/** Where the run of a test project leaves its report. */
export async function resultsFile(project: string): Promise<string> {
  await mkdir(FOLDER, { recursive: true });
  const file = join(FOLDER, `${project}.json`);
  await rm(file, { force: true });
  return file;
}

/** Forgets what earlier runs have left. */
export async function clearResults(): Promise<void> {
  await rm(FOLDER, { recursive: true, force: true });
}

/** Prints the sum of all reports as one line; returns 1 where something failed or nothing ran. */
export async function printResults(): Promise<number> {
  const files = existsSync(FOLDER) ? await readdir(FOLDER) : [];
  let [passed, failed, skipped] = [0, 0, 0];
  for (const file of files) {
    // Vitest wrote it just now.
    const report = JSON.parse(await readFile(join(FOLDER, file), "utf8")) as Report;
    // A file that could not be loaded has failed, though it has no test to its name.
    const unloaded = report.testResults.filter(
      (result) => result.status === "failed" && !result.assertionResults.length,
    );
    passed += report.numPassedTests;
    failed += report.numFailedTests + unloaded.length;
    skipped += report.numPendingTests + report.numTodoTests;
  }
  console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
  return failed > 0 || passed === 0 ? 1 : 0;
}

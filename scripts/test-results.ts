import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join, relative } from "node:path";
import { ROOT } from "./setup/command.ts";
import { seconds } from "./setup/progress.ts";

const FOLDER = join(ROOT, ".cache", "results");

/** So many of the tests that took longest are named. */
const SLOWEST_SHOWN = 10;

/** The part of a report in the form of Vitest's `json` reporter that is counted. */
interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly {
    /** The file's path. */
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      /** In ms; missing for one that did not run. */
      readonly duration?: number | null;
    }[];
  }[];
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

/** Prints which tests took longest, and the sum of all reports as the last line; returns 1 where something failed or nothing ran. */
export async function printResults(): Promise<number> {
  const reports = await readReports();
  printSlowest(reports);
  let [passed, failed, skipped] = [0, 0, 0];
  for (const report of reports) {
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

async function readReports(): Promise<Report[]> {
  const files = existsSync(FOLDER) ? await readdir(FOLDER) : [];
  // Vitest wrote them just now.
  return Promise.all(files.map(async (file) => JSON.parse(await readFile(join(FOLDER, file), "utf8")) as Report));
}

function printSlowest(reports: readonly Report[]): void {
  const results = reports.flatMap(({ testResults }) => testResults);
  const tests = results.flatMap(({ name, assertionResults }) =>
    assertionResults.map(({ fullName, duration }) => ({ file: relative(ROOT, name), fullName, ms: duration ?? 0 })),
  );
  const slowest = tests.sort((one, other) => other.ms - one.ms).slice(0, SLOWEST_SHOWN);
  if (slowest.length > 0) console.log("The slowest tests:");
  for (const { file, fullName, ms } of slowest) console.log(`${seconds(ms).padStart(8)}  ${file}: ${fullName.trim()}`);
}

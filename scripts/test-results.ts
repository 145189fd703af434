import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { lastLines, ROOT } from "./setup/command.ts";
import { seconds } from "./setup/progress.ts";

const FOLDER = join(ROOT, ".cache", "results");

/** So many of the tests that took longest are named. */
const SLOWEST_SHOWN = 10;

/** How the file is named that holds what a failed step said, and how many of its last lines. */
const FAILURE = ".failed.txt";
const FAILURE_LINES = 40;

/** The part of a report in the form of Vitest's `json` reporter that is counted. */
export interface Report {
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
      readonly status: string;
      /** In ms; missing for one that did not run. */
      readonly duration?: number | null;
    }[];
  }[];
}

/** Where the run of a test project leaves its report. */
export async function resultsFile(project: string): Promise<string> {
  await mkdir(FOLDER, { recursive: true });
  const file = join(FOLDER, `${project}.json`);
  await Promise.all([file, join(FOLDER, `${project}${FAILURE}`)].map(async (stale) => rm(stale, { force: true })));
  return file;
}

/** Keeps what a step said that failed, so that the summary says it again at its end, where it is looked for. */
export async function noteFailure(title: string, output: string): Promise<void> {
  await mkdir(FOLDER, { recursive: true });
  const said = lastLines(stripVTControlCharacters(output), FAILURE_LINES);
  await writeFile(join(FOLDER, `${title}${FAILURE}`), said);
}

/** Forgets what earlier runs have left. */
export async function clearResults(): Promise<void> {
  await rm(FOLDER, { recursive: true, force: true });
}

/** Prints what failed, which tests took longest, and the sum of all as the last line; returns 1 where something failed or nothing ran. */
export async function printResults(): Promise<number> {
  const [reports, noted] = await Promise.all([readReports(), readResults(FAILURE)]);
  printSlowest([...reports.values()]);
  for (const { name, text } of noted) console.log(`\n${name} failed:\n${text}\n`);
  const { passed, failed, skipped } = countResults(
    reports,
    noted.map(({ name }) => name),
  );
  console.log(`${String(passed)} passed, ${String(failed)} failed, ${String(skipped)} skipped`);
  return failed > 0 || passed === 0 ? 1 : 0;
}

/** `reports` by the name of their step, and the names of all the steps that `failed`: one may have done so without a failed test. */
export function countResults(reports: ReadonlyMap<string, Report>, failed: readonly string[]) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const unexplained = new Set(failed);
  for (const [name, report] of reports) {
    // A file that could not be loaded, or whose hook threw, has failed, though no test of its has.
    const withoutTest = report.testResults.filter(
      (result) => result.status === "failed" && !result.assertionResults.some(({ status }) => status === "failed"),
    );
    const inReport = report.numFailedTests + withoutTest.length;
    if (inReport > 0) unexplained.delete(name);
    counts.passed += report.numPassedTests;
    counts.failed += inReport;
    counts.skipped += report.numPendingTests + report.numTodoTests;
  }
  counts.failed += unexplained.size;
  return counts;
}

async function readReports(): Promise<Map<string, Report>> {
  // Vitest wrote them just now.
  return new Map((await readResults(".json")).map(({ name, text }) => [name, JSON.parse(text) as Report]));
}

async function readResults(end: string): Promise<{ name: string; text: string }[]> {
  const files = existsSync(FOLDER) ? (await readdir(FOLDER)).filter((file) => file.endsWith(end)) : [];
  return Promise.all(
    files.map(async (file) => ({
      name: file.slice(0, -end.length),
      text: await readFile(join(FOLDER, file), "utf8"),
    })),
  );
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

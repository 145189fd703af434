import { join } from "node:path";
import { runCommand } from "./setup/command.ts";
import { seconds } from "./setup/progress.ts";
import { clearResults, printResults, resultsFile } from "./test-results.ts";

export type Project = "unit" | "server" | "e2e" | "long";

/** What `npm run check` asks before it runs a test: the title, and the tool below node_modules with its arguments. */
const CHECKS: readonly (readonly [title: string, tool: string, ...args: string[]])[] = [
  ["Manifest and types of the extension", "wxt/bin/wxt.mjs", "prepare"],
  ["Format", "prettier/bin/prettier.cjs", "--check", "."],
  ["Lint", "eslint/bin/eslint.js", "."],
  ["Types", "typescript/bin/tsc", "-p", "tsconfig.json"],
  ["Types of the cores, without DOM and Node", "typescript/bin/tsc", "-p", "tsconfig.core.json"],
  ["Components", "svelte-check/bin/svelte-check", "--fail-on-warnings"],
  ["Unused files, exports and dependencies", "knip/bin/knip.js"],
];

/** Format, lint, types, unused code and unit tests. */
export async function check(signal: AbortSignal): Promise<number> {
  await clearResults();
  return conclude([...(await runChecks(signal)), ...(await runProjects(["unit"], signal))]);
}

/** Everything that is asked of a change. */
export async function testAll(signal: AbortSignal): Promise<number> {
  await clearResults();
  return conclude([...(await runChecks(signal)), ...(await runProjects(["unit", "server", "e2e"], signal))]);
}

/** One of the test projects, or those of its tests that `args` name, as for Vitest. */
export async function testOne(project: Project, args: readonly string[], signal: AbortSignal): Promise<number> {
  return (await runVitest(project, args, signal)) ? 0 : 1;
}

/** The seeded simulation, by its own arguments: how many seeds, or which one. */
export async function simulate(args: readonly string[], signal: AbortSignal): Promise<number> {
  const script = join("tests", "support", "simulation", "run.ts");
  return (await runCommand(process.execPath, [script, ...args], { signal, show: true })).code;
}

/** Returns what failed. One that fails does not keep the others from being asked. */
async function runChecks(signal: AbortSignal): Promise<string[]> {
  const failed: string[] = [];
  for (const [title, tool, ...args] of CHECKS) {
    const since = performance.now();
    process.stdout.write(`${title} … `);
    const { code, output } = await runCommand(process.execPath, [join("node_modules", tool), ...args], { signal });
    console.log(code === 0 ? seconds(performance.now() - since) : `failed\n${output.trim()}`);
    if (code !== 0) failed.push(title);
  }
  return failed;
}

async function runProjects(projects: readonly Project[], signal: AbortSignal): Promise<string[]> {
  const failed: string[] = [];
  for (const project of projects) {
    if (!(await runVitest(project, [], signal))) failed.push(`Tests (${project})`);
  }
  return failed;
}

async function runVitest(project: Project, args: readonly string[], signal: AbortSignal): Promise<boolean> {
  const report = await resultsFile(project);
  const vitest = join("node_modules", "vitest", "vitest.mjs");
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const all = [vitest, "run", "--project", project, ...reporters, ...args];
  return (await runCommand(process.execPath, all, { signal, show: true })).code === 0;
}

async function conclude(failed: readonly string[]): Promise<number> {
  if (failed.length > 0) console.log(`Failed: ${failed.join(", ")}.`);
  const ran = await printResults();
  return failed.length > 0 ? 1 : ran;
}

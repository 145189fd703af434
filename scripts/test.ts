import { availableParallelism } from "node:os";
import { join } from "node:path";
import { ROOT, runCommand } from "./setup/command.ts";
import { seconds } from "./setup/progress.ts";
import { clearResults, noteFailure, printResults, resultsFile } from "./test-results.ts";

export type Project = "unit" | "server" | "e2e" | "long";

/** A check: its title, and the tool below node_modules with its arguments. */
type Check = readonly [title: string, tool: string, ...args: string[]];

/** What the checks read, and `npm ci` does not bring. */
const PREPARATION: Check = ["Manifest and types of the extension", "wxt/bin/wxt.mjs", "prepare"];

/** What `npm run check` asks before it runs a test; what takes longest is begun first. */
const CHECKS: readonly Check[] = [
  ["Lint", "eslint/bin/eslint.js", "."],
  ["Components", "svelte-check/bin/svelte-check", "--fail-on-warnings"],
  ["Format", "prettier/bin/prettier.cjs", "--check", "."],
  ["Types", "typescript/bin/tsc", "-p", "tsconfig.json"],
  ["Types of the cores, without DOM and Node", "typescript/bin/tsc", "-p", "tsconfig.core.json"],
  ["Unused files, exports and dependencies", "knip/bin/knip.js"],
];

/** So many checks run at once: each keeps a core busy. */
const CHECKS_AT_ONCE = Math.min(2, availableParallelism());

/** Node keeps here what it has compiled: the tools, and Parse in each server of the tests, start in two thirds of the time. */
const COMPILED = join(ROOT, ".cache", "compiled");

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
  const failed = [...(await runCheck(PREPARATION, signal))];
  const waiting = [...CHECKS];
  const lane = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
      failed.push(...(await runCheck(next, signal)));
  };
  await Promise.all(Array.from({ length: CHECKS_AT_ONCE }, lane));
  return failed;
}

async function runCheck([title, tool, ...args]: Check, signal: AbortSignal): Promise<string[]> {
  const since = performance.now();
  const { code, output } = await runNode([join("node_modules", tool), ...args], signal);
  console.log(`${title} … ${code === 0 ? seconds(performance.now() - since) : `failed\n${output.trim()}`}`);
  if (code === 0) return [];
  await noteFailure(title, output);
  return [title];
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
  const { code, output } = await runNode(all, signal, { show: true });
  // Also what no test has to its name: an error after the last test, or a hook's.
  if (code !== 0) await noteFailure(project, output);
  return code === 0;
}

function runNode(args: readonly string[], signal: AbortSignal, options: { show?: boolean } = {}) {
  const env = { ...process.env, NODE_COMPILE_CACHE: COMPILED };
  return runCommand(process.execPath, args, { signal, env, ...options });
}

async function conclude(failed: readonly string[]): Promise<number> {
  if (failed.length > 0) console.log(`Failed: ${failed.join(", ")}.`);
  const ran = await printResults();
  return failed.length > 0 ? 1 : ran;
}

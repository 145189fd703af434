import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { ROOT } from "../../scripts/setup/command.ts";
import { hashOfSources } from "../../scripts/setup/sources.ts";
import { Backend } from "./backend.ts";
import { SEED_VARIABLE } from "./seeded.ts";

/** What a first start makes of an empty folder depends on nothing else. */
const SOURCES = ["server", "protocol", "package-lock.json"];
const SEEDS = join(ROOT, ".cache", "data");

/**
 * Before the tests: has this server make its data once, from nothing, and keeps that for the tests to begin with. To make
 * a cluster, a database and Parse's classes takes longer than most files of tests.
 */
export async function setup(): Promise<void> {
  const seed = join(SEEDS, await hashOfSources(SOURCES));
  if (!existsSync(seed)) await make(seed);
  process.env[SEED_VARIABLE] = seed;
}

async function make(seed: string): Promise<void> {
  await rm(SEEDS, { recursive: true, force: true });
  await mkdir(SEEDS, { recursive: true });
  const backend = await Backend.start();
  try {
    await backend.stop();
    const draft = `${seed}.${String(process.pid)}`;
    await promisify(execFile)("cp", ["-a", backend.dataDir, draft]);
    await rename(draft, seed);
  } finally {
    await backend.close();
  }
}

import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { Page } from "playwright-core";
import { expect, onTestFinished, test } from "vitest";
import { say } from "../support/people.ts";
import { setStage } from "../support/stage.ts";
import { talk } from "../support/talk.ts";

const SIZE = 200 * 1024 * 1024;
/** Some blocks on their way, and what the browser has not swept yet. The file is twice as large. */
const MAX_GROWTH_BYTES = 100 * 1024 * 1024;

const stage = setStage();

test("200 MB go from one to the other while they talk: the same bytes, and never in memory", async () => {
  const { alice, bob } = stage;
  const { aliceCall, bobCall } = await talk(alice, bob);
  for (const page of [aliceCall, bobCall]) await page.keyboard.press("c");
  const folder = await mkdtemp(join(tmpdir(), "beckon-file-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, "film.bin");
  await write(path);
  const before = await Promise.all([memoryOf(aliceCall), memoryOf(bobCall)]);
  await aliceCall.locator("input[type=file]").setInputFiles(path);
  const download = bobCall.waitForEvent("download", { timeout: 0 });
  const since = performance.now();
  await bobCall.getByRole("button", { name: say("exchange.accept-label", { file: "film.bin" }) }).click();
  const most = [0, 0];
  const here = new AbortController();
  const saved = download.finally(() => here.abort());
  while (!here.signal.aborted) {
    const now = await Promise.all([memoryOf(aliceCall), memoryOf(bobCall)]);
    for (const [side, bytes] of now.entries()) most[side] = Math.max(most[side] ?? 0, bytes - (before[side] ?? 0));
  }
  const seconds = (performance.now() - since) / 1000;
  expect(await digestOf(await (await saved).path())).toBe(await digestOf(path));
  const growth = most.map((bytes) => `${(bytes / 2 ** 20).toFixed(0)} MB`);
  console.log(`200 MB in ${seconds.toFixed(1)} s; memory grew by at most ${growth.join(" (sender) and ")} (receiver)`);
  for (const bytes of most) expect(bytes).toBeLessThan(MAX_GROWTH_BYTES);
  // Files do not stop the talk.
  await alice.hangUp(aliceCall);
  await bob.sees(bobCall, say("ended.callee.hangup"));
});

/** Bytes that no two blocks share, made piece by piece. */
async function write(path: string): Promise<void> {
  const file = await open(path, "w");
  const block = Buffer.alloc(1024 * 1024);
  for (let at = 0; at < SIZE; at += block.length) {
    createHash("shake256", { outputLength: block.length }).update(String(at)).digest().copy(block);
    await file.write(block);
  }
  await file.close();
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}

/** What the page holds of objects and of buffers, in bytes. */
async function memoryOf(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  try {
    const { usedSize, backingStorageSize = 0 } = (await session.send("Runtime.getHeapUsage")) as {
      usedSize: number;
      backingStorageSize?: number;
    };
    return usedSize + backingStorageSize;
  } finally {
    await session.detach();
  }
}

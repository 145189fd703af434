import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { Belongings } from "../tests/support/belongings.ts";
import { Backend } from "../tests/support/backend.ts";
import { aliceAndBob, type Person, say } from "../tests/support/people.ts";
import { talk, type Talk } from "../tests/support/talk.ts";
import { measureContactChanges } from "./bench-contacts.ts";
import { benchList } from "./bench-list.ts";
import { median } from "./median.ts";
import { proportionalMegabytes, withChildren } from "./memory.ts";
import { type Browser, extensionFolder } from "./setup/extension.ts";

const CALLS = 10;

/** Measures a long list, calls between two browsers, changes of contacts, the server's memory and the size of the builds, and prints them. */
export async function bench(signal: AbortSignal): Promise<number> {
  const open = new Belongings();
  // Whether that went well, the closing at the end tells.
  const closeNow = () => void open.close().catch(() => undefined);
  signal.addEventListener("abort", closeNow, { once: true });
  try {
    await benchList(open);
    const backend = await Backend.start({ signal });
    open.add(() => backend.close());
    const { alice, bob } = await aliceAndBob(backend, open);
    const talks: Talk[] = [];
    while (talks.length < CALLS) talks.push(await oneCall(alice, bob));
    printTimes(talks);
    printContactTimes(await measureContactChanges(backend.url));
    await printMemory(backend);
  } finally {
    signal.removeEventListener("abort", closeNow);
    await open.close();
  }
  for (const browser of ["chrome", "firefox"] as const) await printSize(browser);
  return 0;
}

async function oneCall(alice: Person, bob: Person): Promise<Talk> {
  const call = await talk(alice, bob);
  const { aliceCall, bobCall } = call;
  await alice.hangUp(aliceCall);
  await bob.sees(bobCall, say("ended.callee.hangup"));
  await Promise.all([aliceCall.close(), bobCall.close()]);
  await Promise.all([alice.contact(bob, "available").waitFor(), bob.contact(alice, "available").waitFor()]);
  return call;
}

function printTimes(talks: readonly Talk[]): void {
  console.log(`Medians of ${talks.length} calls on this machine:`);
  console.log(`  click to ring: ${median(talks.map((one) => one.ringMs))} ms`);
  console.log(`  accept to first picture, caller's side: ${median(talks.map((one) => one.aliceFrameMs))} ms`);
  console.log(`  accept to first picture, callee's side: ${median(talks.map((one) => one.bobFrameMs))} ms`);
}

function printContactTimes(times: readonly number[]): void {
  console.log(
    `${times.length} changes between two contacts, until all four devices know: ` +
      `median ${median(times).toFixed(0)} ms, longest ${Math.max(...times).toFixed(0)} ms`,
  );
}

async function printMemory(backend: Backend): Promise<void> {
  if (process.platform !== "linux") {
    console.log("Memory is measured on Linux only.");
    return;
  }
  const postmaster = await backend.postgresPid();
  const postgres = postmaster === undefined ? [] : withChildren(postmaster);
  const node = await proportionalMegabytes([backend.pid]);
  const database = await proportionalMegabytes(postgres);
  console.log(
    `Memory (proportional set size): server ${node.toFixed(0)} MB, PostgreSQL ${database.toFixed(0)} MB, ` +
      `together ${(node + database).toFixed(0)} MB`,
  );
}

async function printSize(browser: Browser): Promise<void> {
  const folder = extensionFolder(browser);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  console.log(`Build for ${browser}: ${(total / 1000).toFixed(0)} kB in ${files.length} files`);
}

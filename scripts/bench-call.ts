import { loadavg } from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import type { Page } from "playwright-core";
import { Backend } from "../tests/support/backend.ts";
import { type BarePages, clickBare, openWaiting } from "../tests/support/bare-call/bare-call.ts";
import { BareServer, type Side } from "../tests/support/bare-call/bare-server.ts";
import { Belongings } from "../tests/support/belongings.ts";
import { markPage, type Marks, marksOf, markWorker } from "../tests/support/call-marks.ts";
import { aliceAndBob, type Person, say } from "../tests/support/people.ts";
import { until } from "../tests/support/until.ts";
import { median } from "./median.ts";

const CALLS = 20;
/** Nobody answers sooner; what the caller does while it rings is done by then. */
const ANSWERED_AFTER_MS = 1_000;
const FIRST_PICTURE = "first picture";

/** One call: every instant of each side, in ms since the click that accepts it. */
type Timed = Readonly<Record<Side, Marks>>;

/**
 * Measures from the accepting click to the first decoded picture of the other side, in turn with bare pages that open, take the
 * camera and connect at such a click, in the same browsers; says where the time goes.
 */
export async function benchCall(args: readonly string[], signal: AbortSignal): Promise<number> {
  const calls = Number(args[0] ?? CALLS);
  const open = new Belongings();
  // Whether that went well, the closing at the end tells.
  const closeNow = () => void open.close().catch(() => undefined);
  signal.addEventListener("abort", closeNow, { once: true });
  try {
    const bare = await BareServer.start(markPage);
    open.add(() => bare.close());
    const backend = await Backend.start({ signal });
    open.add(() => backend.close());
    const { alice, bob } = await aliceAndBob(backend, open);
    await Promise.all([alice.browser.runFirst(markPage), bob.browser.runFirst(markPage)]);
    const waiting = await openWaiting([alice.browser.context, bob.browser.context], bare);
    const [ours, theirs]: [Timed[], Timed[]] = [[], []];
    while (ours.length < calls) {
      ours.push(await oneCall(alice, bob));
      theirs.push(await oneBareCall(waiting));
    }
    print(ours, theirs);
  } finally {
    signal.removeEventListener("abort", closeNow);
    await open.close();
  }
  return 0;
}

async function oneCall(alice: Person, bob: Person): Promise<Timed> {
  const [aliceWorker, bobWorker] = await Promise.all([alice.browser.worker(), bob.browser.worker()]);
  await alice.call(bob);
  await bob.card.waitFor();
  const aliceCall = await alice.browser.callPage();
  await until("caller who is ready", async () => {
    const marks = await marksOf(aliceCall);
    return "camera given" in marks && "open came" in marks ? true : undefined;
  });
  await pause(ANSWERED_AFTER_MS);
  await Promise.all([markWorker(aliceWorker), markWorker(bobWorker)]);
  const click = await bob.accept();
  const bobCall = await bob.browser.callPage();
  const timed = {
    caller: await since(click, aliceCall, await marksOf(aliceWorker)),
    callee: await since(click, bobCall, await marksOf(bobWorker)),
  };
  await alice.hangUp(aliceCall);
  await bob.sees(bobCall, say("ended.callee.hangup"));
  await Promise.all([aliceCall.close(), bobCall.close()]);
  await Promise.all([alice.contact(bob, "available").waitFor(), bob.contact(alice, "available").waitFor()]);
  return timed;
}

async function oneBareCall(waiting: BarePages): Promise<Timed> {
  await pause(ANSWERED_AFTER_MS);
  const { pages, at } = await clickBare(waiting);
  const [caller, callee] = pages;
  const timed = { caller: await since(at, caller), callee: await since(at, callee) };
  await Promise.all([caller.close(), callee.close()]);
  return timed;
}

/** Waits for the first picture in the page, and gives its instants and those of its background, counted from the click. */
async function since(click: number, page: Page, background: Marks = {}): Promise<Marks> {
  const marks = await until(FIRST_PICTURE, async () => {
    const now = await marksOf(page);
    return FIRST_PICTURE in now ? now : undefined;
  });
  return Object.fromEntries(
    [
      ...Object.entries(background).map(([name, at]) => [`background: ${name}`, at] as const),
      ...Object.entries(marks),
    ].map(([name, at]) => [name, at - click] as const),
  );
}

function print(ours: readonly Timed[], theirs: readonly Timed[]): void {
  console.log(
    `From the accepting click to the first picture of the other side, medians of ${String(ours.length)} calls:`,
  );
  for (const side of ["caller", "callee"] as const) {
    const [own, bare] = [medians(ours, side)[FIRST_PICTURE]!, medians(theirs, side)[FIRST_PICTURE]!];
    console.log(
      `  ${side}'s side: ${own.toFixed(0)} ms; two bare pages ${bare.toFixed(0)} ms; ratio ${(own / bare).toFixed(2)}`,
    );
  }
  const [own, bare] = [ours, theirs].map((calls) => median(calls.map(both)));
  console.log(
    `  until both see the other: ${own!.toFixed(0)} ms; ${bare!.toFixed(0)} ms; ratio ${(own! / bare!).toFixed(2)}`,
  );
  console.log(`  load of the machine at the end: ${loadavg()[0]!.toFixed(1)}`);
  for (const [title, calls] of [
    ["Beckon", ours],
    ["Two bare pages", theirs],
  ] as const)
    for (const side of ["callee", "caller"] as const) printSteps(`${title}, ${side}'s side`, medians(calls, side));
}

function both({ caller, callee }: Timed): number {
  return Math.max(caller[FIRST_PICTURE]!, callee[FIRST_PICTURE]!);
}

/** What happened after the click, in order, and how long after what came before. */
function printSteps(title: string, marks: Marks): void {
  console.log(`${title}, ms since the click (since the step before):`);
  let before = 0;
  for (const [name, at] of Object.entries(marks).toSorted(([, one], [, other]) => one - other)) {
    if (at < 0) continue;
    console.log(`  ${at.toFixed(0).padStart(5)} (${(at - before).toFixed(0).padStart(3)})  ${name}`);
    before = at;
    if (name === FIRST_PICTURE) return;
  }
}

/** Of each instant that at least half of the calls have. */
function medians(calls: readonly Timed[], side: Side): Marks {
  const names = new Set(calls.flatMap((call) => Object.keys(call[side])));
  const all = [...names].map((name) => [name, calls.flatMap((call) => call[side][name] ?? [])] as const);
  return Object.fromEntries(
    all.filter(([, values]) => values.length * 2 >= calls.length).map(([name, values]) => [name, median(values)]),
  );
}

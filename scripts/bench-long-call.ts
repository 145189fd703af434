import { loadavg } from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import type { Page } from "playwright-core";
import { Backend } from "../tests/support/backend.ts";
import { BareServer } from "../tests/support/bare-call/bare-server.ts";
import { beginBareCall, openWaiting } from "../tests/support/bare-call/bare-call.ts";
import { Belongings } from "../tests/support/belongings.ts";
import { cpuTimes, type CpuTimes, type Held, heldByPage, heldByWorker } from "../tests/support/browser-watch.ts";
import { untilMediaAdvances } from "../tests/support/page-watch.ts";
import { aliceAndBob, type Person, say } from "../tests/support/people.ts";
import { talk } from "../tests/support/talk.ts";
import { SetupFailure } from "./setup/command.ts";

const MINUTES = 10;
const MINUTE_MS = 60_000;

type Two<T> = readonly [T, T];

/** What a span of a call took of both browsers, and the pictures that went by. */
interface Span {
  readonly seconds: number;
  readonly cpu: CpuTimes;
  readonly pictures: Two<Sent>;
}

/** What a page has sent of its camera. */
interface Sent {
  readonly count: number;
  readonly size: string;
}

/**
 * Has two people talk for some minutes, and says what their tabs and workers hold more at the end than after the first minute, and
 * how much processor the talk takes, beside two bare pages with the same pictures in the same browsers: half of the time
 * before and half after, so that what else the machine does is in both.
 */
export async function benchLongCall(args: readonly string[], signal: AbortSignal): Promise<number> {
  const minutes = readMinutes(args);
  const open = new Belongings();
  // Whether that went well, the closing at the end tells.
  const closeNow = () => void open.close().catch(() => undefined);
  signal.addEventListener("abort", closeNow, { once: true });
  try {
    const bare = await BareServer.start();
    open.add(() => bare.close());
    const backend = await Backend.start({ signal });
    open.add(() => backend.close());
    const { alice, bob } = await aliceAndBob(backend, open);
    const waiting = await openWaiting([alice.browser.context, bob.browser.context], bare);
    const bareSpan = async () => {
      const pages = await beginBareCall(waiting);
      await settle(minutes);
      const span = await watch(pages, (minutes / 2) * MINUTE_MS);
      await Promise.all(pages.map((page) => page.close()));
      return span;
    };
    const before = await bareSpan();
    const { span, held } = await longTalk(alice, bob, minutes);
    const after = await bareSpan();
    print(minutes, held, span, [before, after]);
  } finally {
    signal.removeEventListener("abort", closeNow);
    await open.close();
  }
  return 0;
}

function readMinutes(args: readonly string[]): number {
  const { values } = parseArgs({ args: [...args], options: { minutes: { type: "string", default: String(MINUTES) } } });
  const minutes = Number(values.minutes);
  if (!(minutes > 0 && minutes <= 600))
    throw new SetupFailure("--minutes must be a number up to 600. For example: npm run bench:long-call -- --minutes 2");
  return minutes;
}

/** What a call reaches only after a while: its resolution, caches, and what is made at the first use. */
function settle(minutes: number): Promise<void> {
  return pause(Math.min(MINUTE_MS, minutes * MINUTE_MS));
}

/** By the name of what holds it: at the beginning, and at the end. */
type Growth = Readonly<Record<string, Two<Held>>>;

async function longTalk(alice: Person, bob: Person, minutes: number): Promise<{ span: Span; held: Growth }> {
  const { aliceCall, bobCall } = await talk(alice, bob);
  // People do not leave it open.
  await Promise.all([alice.popup.close(), bob.popup.close()]);
  const pages = [aliceCall, bobCall] as const;
  const holders = [
    ["the caller's tab", () => heldByPage(aliceCall)],
    ["the callee's tab", () => heldByPage(bobCall)],
    ["the caller's worker", () => heldByWorker(aliceCall)],
    ["the callee's worker", () => heldByWorker(bobCall)],
  ] as const;
  const look = async () => Promise.all(holders.map(([, held]) => held()));
  await settle(minutes);
  const first = await look();
  const span = await watch(pages, minutes * MINUTE_MS);
  const last = await look();
  await alice.hangUp(aliceCall);
  await bob.sees(bobCall, say("ended.callee.hangup"));
  await Promise.all(pages.map((page) => page.close()));
  return { span, held: Object.fromEntries(holders.map(([name], at) => [name, [first[at]!, last[at]!]])) };
}

/** What the two browsers of these pages take while they talk on for so long. */
async function watch(pages: Two<Page>, forMs: number): Promise<Span> {
  await Promise.all(pages.map((page) => page.bringToFront()));
  const [cpuBefore, sentBefore, since] = [await cpuOf(pages), await sentBy(pages), performance.now()];
  await pause(forMs);
  const [cpuAfter, sentAfter, until] = [await cpuOf(pages), await sentBy(pages), performance.now()];
  await Promise.all(pages.map((page) => untilMediaAdvances(page)));
  const pictures = sentAfter.map(({ count, size }, at) => ({ count: count - sentBefore[at]!.count, size }));
  return {
    seconds: (until - since) / 1000,
    cpu: Object.fromEntries(Object.entries(cpuAfter).map(([type, spent]) => [type, spent - (cpuBefore[type] ?? 0)])),
    // As many as there are pages.
    pictures: [pictures[0]!, pictures[1]!],
  };
}

async function cpuOf(pages: Two<Page>): Promise<CpuTimes> {
  const [one, other] = [await cpuTimes(pages[0].context()), await cpuTimes(pages[1].context())];
  const types = new Set([...Object.keys(one), ...Object.keys(other)]);
  return Object.fromEntries([...types].map((type) => [type, (one[type] ?? 0) + (other[type] ?? 0)]));
}

function sentBy(pages: Two<Page>): Promise<Sent[]> {
  return Promise.all(
    pages.map((page) =>
      page.evaluate(async () => {
        const { connections } = (globalThis as unknown as { beckonWatch: { connections: RTCPeerConnection[] } })
          .beckonWatch;
        const stats = await connections.find(({ connectionState }) => connectionState === "connected")?.getStats();
        const all = [...((stats ?? new Map()) as unknown as Map<string, RTCOutboundRtpStreamStats>).values()];
        const picture = all.find(({ type, kind }) => (type as string) === "outbound-rtp" && kind === "video");
        return {
          count: picture?.framesSent ?? 0,
          size: `${String(picture?.frameWidth)} × ${String(picture?.frameHeight)}`,
        };
      }),
    ),
  );
}

function print(minutes: number, held: Growth, span: Span, bare: Two<Span>): void {
  console.log(`A talk of ${minutes} minutes, after it settled; growth of what is held, garbage collected:`);
  for (const [name, [first, last]] of Object.entries(held)) console.log(`  ${name}: ${growth(first, last)}`);
  const [own, theirs] = [load(span), (load(bare[0]) + load(bare[1])) / 2];
  console.log(
    `Processor, all processes of both browsers: ${own.toFixed(0)} % of a core; two bare pages ${theirs.toFixed(0)} %; ` +
      `ratio ${(own / theirs).toFixed(2)}`,
  );
  for (const [title, spans] of [
    ["Beckon", [span]],
    ["bare", bare],
  ] as const)
    for (const one of spans) console.log(`  ${title}: ${shares(one)}; ${one.pictures.map(sentIn(one)).join(", ")}`);
  console.log(`Load of the machine at the end: ${loadavg()[0]!.toFixed(1)}`);
}

function growth(first: Held, last: Held): string {
  const megabytes = (bytes: number) => (bytes / 1e6).toFixed(2);
  const heap = `heap ${megabytes(first.heapBytes)} → ${megabytes(last.heapBytes)} MB`;
  const counts = (["nodes", "listeners"] as const).flatMap((what) =>
    first[what] === undefined ? [] : [`${what} ${String(first[what])} → ${String(last[what])}`],
  );
  return [heap, ...counts].join(", ");
}

/** In percent of a core. */
function load({ cpu, seconds }: Span): number {
  return (Object.values(cpu).reduce((sum, spent) => sum + spent, 0) / seconds) * 100;
}

function shares({ cpu, seconds }: Span): string {
  const parts = Object.entries(cpu).map(([type, spent]) => [type, Math.round((spent / seconds) * 100)] as const);
  const seen = parts.filter(([, share]) => share > 0).toSorted(([, one], [, other]) => other - one);
  return seen.map(([type, share]) => `${type} ${share} %`).join(", ");
}

function sentIn({ seconds }: Span): (sent: Sent) => string {
  return ({ count, size }) => `${size} at ${(count / seconds).toFixed(0)} a second`;
}

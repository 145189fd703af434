import { loadavg } from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import type { Page } from "playwright-core";
import { aliceAndBobApart } from "../tests/support/apart.ts";
import { Belongings } from "../tests/support/belongings.ts";
import { type LineSample, madeUpShare, sampleLine } from "../tests/support/line-sample.ts";
import type { NetworkNamespace, Way } from "../tests/support/network-namespace.ts";
import { say } from "../tests/support/people.ts";
import { type Talk, talk } from "../tests/support/talk.ts";
import { median } from "./median.ts";
import { SetupFailure } from "./setup/command.ts";
import { setUpNetworks, whyNoNarrowLines } from "./setup/networks.ts";

const LOOK_EVERY_MS = 1_000;
/** As long a line is looked at that is wide at first, and again at last. */
const FIRST_SECONDS = 20;
const LAST_SECONDS = 90;

interface Wanted {
  readonly kbits: readonly number[];
  readonly seconds: number;
  readonly way: Way;
  readonly bare: boolean;
}

/**
 * Has Alice and Bob talk while what Alice sends (`--way down`: what comes to her) goes by a line that becomes narrower and
 * narrower, and wide again, and says what became of picture and sound at each width, and what both read. With `--bare` the pages
 * leave to the browser how picture and sound are sent.
 */
export async function benchNarrowLine(args: readonly string[], signal: AbortSignal): Promise<number> {
  const wanted = readWanted(args);
  await setUpNetworks(signal);
  const missing = whyNoNarrowLines();
  if (missing !== undefined) throw new SetupFailure(`This cannot be measured here: ${missing}.`);
  const open = new Belongings();
  // Whether that went well, the closing at the end tells.
  const closeNow = () => void open.close().catch(() => undefined);
  signal.addEventListener("abort", closeNow, { once: true });
  try {
    const { network, calls } = await meet(open, wanted.bare);
    await narrowStepwise(network, calls, wanted);
    console.log(`Load of the machine at the end: ${loadavg()[0]!.toFixed(1)}`);
  } finally {
    signal.removeEventListener("abort", closeNow);
    await open.close();
  }
  return 0;
}

function readWanted(args: readonly string[]): Wanted {
  const { values } = parseArgs({
    args: [...args],
    options: {
      kbits: { type: "string", default: "1000,400,250,150,100,60,40,30" },
      seconds: { type: "string", default: "40" },
      way: { type: "string", default: "up" },
      bare: { type: "boolean", default: false },
    },
  });
  const [kbits, seconds, way] = [values.kbits.split(",").map(Number), Number(values.seconds), values.way];
  if (!kbits.every((one) => one > 0) || !(seconds > 0) || (way !== "up" && way !== "down"))
    throw new SetupFailure("For example: npm run bench:narrow-line -- --kbits 400,100 --seconds 30 --way down --bare");
  return { kbits, seconds, way, bare: values.bare };
}

async function meet(open: Belongings, bare: boolean): Promise<{ network: NetworkNamespace; calls: Talk }> {
  const { network, alice, bob } = await aliceAndBobApart(open, "alice", { microphone: "voice" });
  if (bare) await Promise.all([alice, bob].map(({ browser }) => browser.runFirst(leaveSending)));
  return { network, calls: await talk(alice, bob) };
}

/** Runs in each page before its own code. Must stand alone. */
function leaveSending(): void {
  RTCRtpSender.prototype.setParameters = () => Promise.resolve();
}

async function narrowStepwise(network: NetworkNamespace, calls: Talk, { kbits, seconds, way }: Wanted): Promise<void> {
  const pages = way === "up" ? [calls.aliceCall, calls.bobCall] : [calls.bobCall, calls.aliceCall];
  // As many as there are people.
  const [sender, receiver] = [pages[0]!, pages[1]!];
  console.log(
    "| line | picture sent, seen | sound sent | made up at first, then | round trip | sender reads | receiver reads |",
  );
  console.log("| --- | --- | --- | --- | --- | --- | --- |");
  await watch("wide", FIRST_SECONDS, sender, receiver);
  for (const one of kbits) {
    await network.narrow(way, one);
    await watch(`${String(one)} kbit/s`, seconds, sender, receiver);
  }
  await network.widen(way);
  await watch("wide again", LAST_SECONDS, sender, receiver);
}

/** Looks at both once a second for so long, and prints what the line was like: at first, and in its second half. */
async function watch(line: string, seconds: number, sender: Page, receiver: Page): Promise<void> {
  const look = () => Promise.all([sampleLine(sender), sampleLine(receiver), wordsOf(sender), wordsOf(receiver)]);
  const looks = [await look()];
  for (let second = 0; second < seconds; second++) {
    await pause(LOOK_EVERY_MS);
    looks.push(await look());
  }
  // There are at least two looks.
  const [first, middle, last] = [looks[0]!, looks[Math.floor(looks.length / 2)]!, looks.at(-1)!];
  const spans = { sent: [middle[0], last[0]], seen: [middle[1], last[1]] } as const;
  const steps = changes(looks.map(([sample]) => sample.step));
  const shares = [madeUpShare(first[1], middle[1]), madeUpShare(...spans.seen)].map((share) =>
    (share * 100).toFixed(1),
  );
  const cells = [
    line,
    `${steps}; ${kbitsOf("picture", ...spans.sent)} kbit/s; ${seenOf(...spans.seen)}`,
    `${kbitsOf("sound", ...spans.sent)} kbit/s`,
    `${shares.join(" %, ")} %`,
    `${median(looks.slice(looks.length / 2).map(([sample]) => sample.roundTripMs)).toFixed(0)} ms`,
    changes(looks.map(([, , words]) => words)),
    changes(looks.map(([, , , words]) => words)),
  ];
  console.log(`| ${cells.join(" | ")} |`);
}

async function wordsOf(call: Page): Promise<string> {
  return (await call.getByTitle(say("quality.open")).textContent())?.trim() ?? "";
}

/** What it was one after the other, each with the second when it came. */
function changes(values: readonly string[]): string {
  const seen = values.flatMap((value, second) =>
    value === values[second - 1] ? [] : [second === 0 ? value : `${value} (${String(second)} s)`],
  );
  return seen.join(" → ");
}

function kbitsOf(what: keyof LineSample["sent"], before: LineSample, now: LineSample): string {
  return (((now.sent[what] - before.sent[what]) * 8) / (now.atMs - before.atMs)).toFixed(0);
}

function seenOf(before: LineSample, now: LineSample): string {
  const perSecond = (now.shown - before.shown) / ((now.atMs - before.atMs) / 1_000);
  return perSecond < 1 ? "none seen" : `${String(now.width)} × ${String(now.height)}, ${perSecond.toFixed(0)} a second`;
}

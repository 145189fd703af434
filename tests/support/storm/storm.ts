import { readFile } from "node:fs/promises";
import { proportionalMegabytes, withChildren } from "../../../scripts/memory.ts";
import { Backend } from "../backend.ts";
import { Belongings } from "../belongings.ts";
import { until } from "../until.ts";
import { lateOf, watchDelay } from "./loop-delay.ts";
import { Crowd } from "./crowd.ts";
import { settle } from "./population.ts";

const REPORT_LOAD = new URL("report-load.ts", import.meta.url);
/** So many sign in at once before the storm. */
const ARRIVE_AT_ONCE = 50;
/** Beyond this nobody is waited for. */
const ARRIVE_WITHIN_MS = 5 * 60_000;
const RETURN_WITHIN_MS = 60_000;

export interface StormOptions {
  sockets: number;
  /** Of each; even, and fewer than there are sockets. */
  contacts: number;
  signal: AbortSignal;
  /** Told what begins. */
  tell: (what: string) => void;
}

/** What a storm came to. Spans are in ms; those of the return count from the instant at which the server serves again. */
export interface StormReport {
  sockets: number;
  contacts: number;
  /** From the kill until the server served again. */
  awayMs: number;
  welcomed: Return;
  /** Welcomed, and told by the server that all of its contacts are available. */
  right: Return;
  failedTries: number;
  /** How often anyone was shown that a contact is gone. */
  flaps: number;
  /** Contact lists that could not be read at the first try. */
  unlisted: number;
  /** The largest number of hellos within a span; `evenly` is what it were if they came at even distances. */
  hellosWithin10Ms: number;
  hellosWithin100Ms: number;
  sameMs: number;
  server: ServerLoad;
  /** By how much the loop of the clients' process was late; where it was, the spans above tell of this machine. */
  clientsLagP99Ms: number;
  /** Of PostgreSQL's processes together; missing where it cannot be told. */
  databaseCpuSeconds?: number;
  databaseMegabytes?: number;
}

export interface Return {
  count: number;
  /** Undefined where it did not come to that. */
  halfMs: number | undefined;
  p99Ms: number | undefined;
  allMs: number | undefined;
}

interface ServerLoad {
  cpuSeconds: number;
  /** Resident set size, at its highest. */
  peakMegabytes: number;
  /** Proportional set size with everyone back; missing where it cannot be told. */
  proportionalMegabytes?: number;
  lagP50Ms: number;
  lagP99Ms: number;
  lagMaxMs: number;
}

/** Opens the sockets, kills the server, starts it again on its data, and watches everyone come back. */
export async function runStorm({ sockets, contacts, signal, tell }: StormOptions): Promise<StormReport> {
  const open = new Belongings();
  // Whether that went well, the closing at the end tells.
  const closeNow = () => void open.close().catch(() => undefined);
  signal.addEventListener("abort", closeNow, { once: true });
  try {
    tell("Starting a server");
    // It logs each device, which nobody reads here.
    const backend = await Backend.start({ imports: [REPORT_LOAD], signal });
    open.add(() => backend.close());
    tell(`Settling ${sockets} people with ${contacts} contacts each`);
    const url = `http://127.0.0.1:${backend.port}`;
    const crowd = new Crowd(url, await settle(await backend.databaseUri(), sockets, contacts));
    open.add(() => crowd.close());
    tell("They sign in");
    await crowd.arrive(ARRIVE_AT_ONCE, AbortSignal.any([signal, AbortSignal.timeout(ARRIVE_WITHIN_MS)]));
    return await killAndWatch(backend, crowd, { sockets, contacts, signal, tell });
  } finally {
    signal.removeEventListener("abort", closeNow);
    await open.close();
  }
}

async function killAndWatch(backend: Backend, crowd: Crowd, options: StormOptions): Promise<StormReport> {
  const { sockets, contacts, signal, tell } = options;
  tell("The server is killed and started again");
  crowd.begin();
  const killedAt = Date.now();
  await backend.kill();
  await backend.restart();
  const backAt = Date.now();
  await loadOf(backend);
  const delay = watchDelay();
  tell("They come back");
  await crowd.allRight(AbortSignal.any([signal, AbortSignal.timeout(RETURN_WITHIN_MS)]));
  signal.throwIfAborted();
  const server = await loadOf(backend);
  const { hellos, welcomed, right, failedTries, flaps, unlisted } = crowd.seen;
  return {
    sockets,
    contacts,
    awayMs: backAt - killedAt,
    welcomed: returnOf(welcomed, backAt, sockets),
    right: returnOf(right, backAt, sockets),
    failedTries,
    flaps,
    unlisted,
    hellosWithin10Ms: mostWithin(hellos, 10),
    hellosWithin100Ms: mostWithin(hellos, 100),
    sameMs: mostWithin(hellos, 1),
    server: { ...server, ...(await memoryOf(backend)) },
    clientsLagP99Ms: lateOf(delay.percentile(99)),
    ...(await databaseOf(backend)),
  };
}

function returnOf(instants: readonly number[], since: number, of: number): Return {
  const after = (part: number) => {
    const instant = instants[Math.ceil(part * of) - 1];
    // Some are welcomed before the server has told us that it serves.
    return instant === undefined ? undefined : Math.max(0, instant - since);
  };
  const spans = { halfMs: after(0.5), p99Ms: after(0.99), allMs: after(1) };
  return { count: instants.length, ...spans };
}

/** The largest number of instants, which are in order, within any span of this length. */
export function mostWithin(instants: readonly number[], spanMs: number): number {
  let most = 0;
  let from = 0;
  for (const [at, instant] of instants.entries()) {
    while (instant - instants[from]! >= spanMs) from += 1;
    most = Math.max(most, at - from + 1);
  }
  return most;
}

/** What the server did since it was last asked. */
async function loadOf(backend: Backend): Promise<ServerLoad> {
  const from = backend.log.length;
  process.kill(backend.pid, "SIGUSR2");
  return until("report of the server's load", () => {
    const line = /^\{"load":(\{[^}]*\})\}$/m.exec(backend.log.slice(from))?.[1];
    // Written by our own report-load.ts.
    return Promise.resolve(line === undefined ? undefined : (JSON.parse(line) as ServerLoad));
  });
}

async function memoryOf(backend: Backend): Promise<{ proportionalMegabytes?: number }> {
  return process.platform === "linux" ? { proportionalMegabytes: await proportionalMegabytes([backend.pid]) } : {};
}

async function databaseOf(backend: Backend): Promise<{ databaseCpuSeconds?: number; databaseMegabytes?: number }> {
  const first = await backend.postgresPid();
  if (process.platform !== "linux" || first === undefined) return {};
  const all = withChildren(first);
  const seconds = await Promise.all(all.map(cpuSecondsOf));
  return {
    databaseCpuSeconds: seconds.reduce((sum, one) => sum + one, 0),
    databaseMegabytes: await proportionalMegabytes(all),
  };
}

/** Of a process of Linux, whose ticks are hundredths of a second. */
async function cpuSecondsOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${String(pid)}/stat`, "utf8").catch(() => undefined);
  if (stat === undefined) return 0;
  // The name may hold blanks; user and system time are the 12th and 13th field behind it.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

import { parseArgs } from "node:util";
import { type Return, runStorm, type StormReport } from "../tests/support/storm/storm.ts";
import { SetupFailure } from "./setup/command.ts";
import { seconds } from "./setup/progress.ts";

/** What a server should bear: almost everyone is back within this span of its return. */
const TARGET_P99_MS = 15_000;
const TARGET_LAG_P99_MS = 200;
/** Each person may have a presence socket and a request for the contact list open; then there is what any program has. */
const FILES_PER_SOCKET = 2;
const OTHER_FILES = 500;

/** Kills a server with thousands of people online, starts it again, and reports how they came back. */
export async function storm(args: readonly string[], signal: AbortSignal): Promise<number> {
  const { sockets, contacts, json } = readOptions(args);
  checkFiles(sockets);
  const tell = (what: string) => json || console.log(`${what} …`);
  const report = await runStorm({ sockets, contacts, signal, tell });
  if (json) console.log(JSON.stringify(report, undefined, 2));
  else printReport(report);
  return report.right.count === sockets ? 0 : 1;
}

function readOptions(args: readonly string[]): { sockets: number; contacts: number; json: boolean } {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        sockets: { type: "string", default: "5000" },
        contacts: { type: "string", default: "20" },
        json: { type: "boolean", default: false },
      },
    });
    const sockets = Number(values.sockets);
    const contacts = Number(values.contacts);
    if (!Number.isSafeInteger(sockets) || sockets < 3 || sockets > 20_000)
      throw new Error("--sockets must be a whole number from 3 to 20000");
    if (!Number.isSafeInteger(contacts) || contacts < 2 || contacts % 2 !== 0 || contacts >= sockets)
      throw new Error("--contacts must be an even number from 2 on, and below --sockets");
    return { sockets, contacts, json: values.json };
  } catch (error) {
    throw new SetupFailure(
      `${error instanceof Error ? error.message : String(error)}. For example: npm run storm -- --sockets 5000 --contacts 20 --json`,
      { cause: error },
    );
  }
}

/** Throws a sentence where this process, or the server that it starts, may not open as many files as it takes. */
function checkFiles(sockets: number): void {
  const needed = sockets * FILES_PER_SOCKET + OTHER_FILES;
  const allowed = openFiles();
  if (allowed >= needed) return;
  throw new SetupFailure(
    `${sockets} sockets need ${needed} open files, and a process may open ${allowed} here. ` +
      `Raise the limit (ulimit -n ${needed}, as root above the hard limit), or ask for fewer: npm run storm -- --sockets ${Math.max(3, Math.floor((allowed - OTHER_FILES) / FILES_PER_SOCKET))}`,
  );
}

/** As many as this process may open; Node raises its own limit to the hard one when it starts. */
function openFiles(): number {
  // Asking for the network as well would take seconds.
  Object.assign(process.report, { excludeNetwork: true });
  // Node's own report, whose types say no more than that it is an object.
  const report = process.report.getReport() as { userLimits?: { open_files?: { soft: number | "unlimited" } } };
  const soft = report.userLimits?.open_files?.soft;
  return typeof soft === "number" ? soft : Infinity;
}

function printReport(report: StormReport): void {
  const { sockets, server, welcomed, right } = report;
  const say = (what: string, value: string) => console.log(`  ${what.padEnd(34)} ${value}`);
  console.log(`${sockets} sockets with ${report.contacts} contacts each, counted from the server's return:`);
  say("server away", seconds(report.awayMs));
  say("welcomed again: half, 99 %, all", spans(welcomed, sockets));
  say("and told of all contacts", spans(right, sockets));
  say("seen to be gone meanwhile", `${report.flaps} times`);
  say("failed tries", `${report.failedTries}; ${report.unlisted} contact lists read later`);
  say(
    "most hellos within 1, 10, 100 ms",
    [report.sameMs, report.hellosWithin10Ms, report.hellosWithin100Ms].join(", "),
  );
  say("server's processor time", `${server.cpuSeconds.toFixed(1)} s`);
  say("server's memory", memory(report));
  say("event loop late by: half, 99 %, all", `${server.lagP50Ms}, ${server.lagP99Ms}, ${server.lagMaxMs} ms`);
  say("the clients' own loop, 99 %", `${report.clientsLagP99Ms} ms`);
  if (report.databaseCpuSeconds !== undefined)
    say("PostgreSQL", `${report.databaseCpuSeconds.toFixed(1)} s, ${report.databaseMegabytes?.toFixed(0) ?? "?"} MB`);
  if (report.clientsLagP99Ms > TARGET_LAG_P99_MS)
    console.log("This machine was too busy to run so many clients: the times are its own, not the server's.");
  const isMet = (right.p99Ms ?? Infinity) <= TARGET_P99_MS && server.lagP99Ms < TARGET_LAG_P99_MS;
  console.log(
    `The target (99 % within ${seconds(TARGET_P99_MS)}, late by less than ${TARGET_LAG_P99_MS} ms for 99 %) is ${isMet ? "" : "not "}met.`,
  );
}

function memory({ server }: StormReport): string {
  const proportional = server.proportionalMegabytes;
  const words = proportional === undefined ? "" : `, ${proportional.toFixed(0)} MB (proportional) with everyone back`;
  return `${server.peakMegabytes.toFixed(0)} MB at most${words}`;
}

function spans({ count, halfMs, p99Ms, allMs }: Return, of: number): string {
  const words = [halfMs, p99Ms, allMs].map((ms) => (ms === undefined ? "never" : seconds(ms))).join(", ");
  return count === of ? words : `${words}: only ${count} of ${of}`;
}

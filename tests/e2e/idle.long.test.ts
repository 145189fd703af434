import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Backend } from "../support/backend.ts";
import { Belongings } from "../support/belongings.ts";
import { friends, Person } from "../support/people.ts";
import { Proxy, type PassedSocket } from "../support/proxy.ts";
import { until } from "../support/until.ts";

/** More than five minutes. */
const IDLE_MS = 330_000;
const OUTAGE_MS = 10_000;

let open: Belongings;
let proxy: Proxy;
let bob: Person;

beforeEach(async () => {
  open = new Belongings();
  proxy = await Proxy.start();
  open.add(() => proxy.close());
  const backend = await Backend.start({ env: { PUBLIC_URL: proxy.url } });
  open.add(() => backend.close());
  proxy.leadTo(backend.port);
  const [, bobAccount] = await friends(proxy.url);
  bob = await Person.arrive(bobAccount, open);
  await bob.signIn(proxy.url);
  await socketAfter(0);
});

afterEach(() => open.close());

test("[CONN-2] the socket stays for more than five minutes with no page open", async () => {
  const leftAt = Date.now();
  await bob.browser.leaveAlone();
  const socket = await socketAfter(leftAt);
  // Waiting is what is tested: nothing must happen meanwhile.
  await pause(IDLE_MS);
  const { openedAt, closedAt } = socket;
  const words = closedAt === undefined ? "still open" : `closed after ${seconds(closedAt - openedAt)}`;
  console.log(`the socket was opened ${seconds(openedAt - leftAt)} after the browser's start and is ${words}`);
  expect(closedAt).toBeUndefined();
  expect(proxy.presence.at(-1)).toBe(socket);
});

test("a worker that was stopped while idle is back within 35 s", async () => {
  const stoppedAt = Date.now();
  await bob.browser.stopWorker();
  await bob.browser.closePages();
  const { openedAt } = await socketAfter(stoppedAt, 35_000);
  console.log(`back ${seconds(openedAt - stoppedAt)} after the worker was stopped`);
});

test("[CONN-4] after an outage of ten seconds the socket is back within 15 s", async () => {
  await bob.browser.closePages();
  proxy.cut();
  await pause(OUTAGE_MS);
  proxy.mend();
  const mendedAt = Date.now();
  const { openedAt } = await socketAfter(mendedAt, 15_000);
  console.log(`back ${seconds(openedAt - mendedAt)} after the outage`);
});

/** The presence socket that was opened after `at` and is still open; waits for it. */
function socketAfter(at: number, withinMs = 20_000): Promise<PassedSocket> {
  const look = () => Promise.resolve(proxy.presence.find(({ openedAt, closedAt }) => openedAt >= at && !closedAt));
  return until("new presence socket", look, withinMs);
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

import { afterAll, beforeAll, expect, it } from "vitest";
import { callFunction } from "../support/accounts.ts";
import { Belongings } from "../support/belongings.ts";
import { FrameProxy } from "../support/frame-proxy.ts";
import { LiveDevice } from "../support/live-device.ts";
import { newCallId } from "../support/presence-client.ts";
import { startApp, type AppPerson, type TestApp } from "../support/server-app.ts";
import { until } from "../support/until.ts";

/** Each may ring 30 times an hour. [CALL-2] */
const CALLS_OF_EACH = 25;
const FAULTS = { twice: 0.2, late: 0.2 };

const open = new Belongings();
let app: TestApp;
let way: FrameProxy;
let alice: AppPerson;
let bob: AppPerson;

beforeAll(async () => {
  app = await startApp({ env: { SETTLE_MS: "1" } });
  open.add(() => app.close());
  way = await FrameProxy.start(app.url, 20);
  open.add(() => way.close());
  [alice, bob] = await Promise.all([app.signUp("Alice Okada"), app.signUp("Bob Tanaka")]);
  await app.befriend(alice, bob);
});

afterAll(() => open.close());

/** A device of this person behind the proxy, with its list read. */
async function device({ account }: AppPerson): Promise<LiveDevice> {
  const listContacts = async () => (await callFunction(app.url, "listContacts", {}, account.token)).contacts;
  const live = new LiveDevice({ user: account.user, token: account.token, url: way.url, listContacts });
  open.add(() => live.close());
  live.signIn();
  await live.until("contact list", ({ roster }) => roster.known || undefined);
  return live;
}

it("[CALL-10] a fifth of all frames come twice and a fifth out of order, both ways: each effect happens once", async () => {
  const [aliceHere, laptop, phone] = [await device(alice), await device(bob), await device(bob)];
  const devices = [aliceHere, laptop, phone];
  way.faults = FAULTS;
  const placed = [];
  for (let count = 0; count < 2 * CALLS_OF_EACH; count += 1) {
    const isAlices = count % 2 === 0;
    placed.push(isAlices ? await talk(aliceHere, bob, [laptop, phone]) : await talk(laptop, alice, [aliceHere]));
  }
  way.faults = { twice: 0, late: 0 };
  console.log(`${String(way.doubled)} frames were doubled, ${String(way.swapped)} swapped`);
  expect(Math.min(way.doubled, way.swapped)).toBeGreaterThan(placed.length);

  for (const live of devices) expect([live.device, live.rings.length]).toEqual([live.device, new Set(live.rings).size]);
  for (const person of [alice, bob]) {
    const records = await until("records", async () => {
      const { calls } = await person.call("listCalls", { limit: 100 });
      return calls.length >= placed.length ? calls : undefined;
    });
    expect(records.map(({ call }) => call).sort()).toEqual(placed.toSorted());
    expect(new Set(records.map(({ outcome }) => outcome))).toEqual(new Set(["answered"]));
  }
  expect(app.log.filter(({ level }) => level === "error")).toEqual([]);
});

/** A call from its ring to its end; returns its id. Every device of the callee answers at once. */
async function talk(caller: LiveDevice, to: AppPerson, callees: LiveDevice[]) {
  const call = newCallId();
  caller.dispatch({ type: "place-call", call, user: to.id, media: "video" });
  await Promise.all(
    callees.map((callee) => callee.until("ring", ({ call: at }) => at.at === "ringing-in" || undefined)),
  );
  for (const callee of callees) callee.dispatch({ type: "accept-call", call, media: "video" });
  await caller.until("talk", ({ call: at }) => at.at === "live" || undefined);
  const winner = await until("winner", () => Promise.resolve(callees.find((callee) => callee.call?.at === "live")));
  const losers = callees.filter((callee) => callee !== winner);
  await Promise.all(losers.map((loser) => loser.until("end", ({ call: at }) => isOver(at.at) || undefined)));
  expect(losers.filter((loser) => loser.call?.at === "live")).toEqual([]);
  winner.dispatch({ type: "hang-up", call });
  const everyone = [caller, ...callees];
  await Promise.all(everyone.map((live) => live.until("end", ({ call: at }) => isOver(at.at) || undefined)));
  for (const live of everyone) live.dispatch({ type: "dismiss-call", call });
  return call;
}

function isOver(at: string): boolean {
  return at === "idle" || at === "ended";
}

import type { Page } from "playwright-core";
import { beforeAll, afterAll, expect, test } from "vitest";
import { whyNoRelay } from "../../scripts/setup/relay.ts";
import { Backend } from "../support/backend.ts";
import { Belongings } from "../support/belongings.ts";
import { longestFreezeMs, noteFrozenPictures, pictureAfter } from "../support/freezes.ts";
import { untilMediaAdvances, watched } from "../support/page-watch.ts";
import { describeWhere } from "../support/needs.ts";
import { aliceAndBob, type Person } from "../support/people.ts";
import { goByRelayAlone, Relay } from "../support/relay.ts";
import { talk } from "../support/talk.ts";
import { until } from "../support/until.ts";

/** How long the relay takes a ticket's credentials; 12 h where nobody tests. */
const CREDENTIALS_MS = 8_000;
/** Less than a connection that was lost takes to come back. */
const FROZEN_MS = 3_000;
/** What came before the relay was stopped is shown by then. */
const SEEN_YET_MS = 1_000;

describeWhere(whyNoRelay(), "a talk that outlasts the credentials of its relay", () => {
  const open = new Belongings();
  let relay: Relay;
  let alice: Person;
  let bob: Person;

  beforeAll(async () => {
    relay = await Relay.start();
    open.add(() => relay.close());
    const backend = await Backend.start({ env: { ...relay.env, TURN_MS: String(CREDENTIALS_MS) } });
    open.add(() => backend.close());
    ({ alice, bob } = await aliceAndBob(backend, open));
    for (const person of [alice, bob]) await goByRelayAlone(person);
  });
  afterAll(() => open.close());

  test("[DEC-56] goes on without a gap by others, and comes back by them where the relay was started anew", async () => {
    const { aliceCall, bobCall } = await talk(alice, bob);
    const calls = [aliceCall, bobCall];
    await Promise.all(calls.map(noteFrozenPictures));
    const first = await Promise.all(calls.map(goodUntil));
    const made = await Promise.all(calls.map(async (call) => (await watched(call)).connections));
    for (const [side, call] of calls.entries())
      await until("other credentials, once the first have run out", async () => {
        const isOver = Date.now() > first[side]! + 1_000;
        return isOver && (await goodUntil(call)) > first[side]! ? true : undefined;
      });
    await Promise.all(calls.map((call) => untilMediaAdvances(call)));
    const freezes = await Promise.all(calls.map(longestFreezeMs));
    console.log(`longest time between two pictures over the renewal ${freezes.join(" and ")} ms`);
    expect(Math.max(...freezes)).toBeLessThan(FROZEN_MS);

    // Nothing of what it carried is left, and it asks everybody anew for credentials that hold.
    await relay.stop();
    const since = Date.now();
    await relay.startAgain();
    for (const call of calls) await pictureAfter(call, since + SEEN_YET_MS);
    await Promise.all(calls.map((call) => untilMediaAdvances(call)));
    const gaps = await Promise.all(calls.map(longestFreezeMs));
    console.log(`longest time between two pictures with the relay started anew ${gaps.join(" and ")} ms`);
    // By the connection that they had.
    expect(await Promise.all(calls.map(async (call) => (await watched(call)).connections))).toEqual(made);
  });
});

/** When the credentials run out that the page's connection goes by now, in ms since 1970. */
function goodUntil(call: Page): Promise<number> {
  return call.evaluate(() => {
    const { connections } = (globalThis as unknown as { beckonWatch: { connections: RTCPeerConnection[] } })
      .beckonWatch;
    const [server] = connections.at(-1)!.getConfiguration().iceServers ?? [];
    return Number(server?.username?.split(":")[0]) * 1000;
  });
}

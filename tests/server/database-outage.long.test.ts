import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { callFunction } from "../support/accounts.ts";
import { startTestDatabase } from "../support/backend-accounts.ts";
import { Belongings } from "../support/belongings.ts";
import { LiveDevice } from "../support/live-device.ts";
import { newCallId } from "../support/presence-client.ts";
import { Proxy } from "../support/proxy.ts";
import { startApp, type AppPerson, type TestApp } from "../support/server-app.ts";
import { until } from "../support/until.ts";

const OUTAGE_MS = 20_000;
/** What the server asks for (5 s), and the ceiling of a client's jitter on top of that. */
const BACK_WITHIN_MS = 5_000 + 30_000;

const open = new Belongings();
let app: TestApp;
let way: Proxy;
let alice: AppPerson;
let bob: AppPerson;
let carol: AppPerson;

beforeAll(async () => {
  const database = await startTestDatabase();
  open.add(() => database.stop());
  way = await Proxy.start();
  open.add(() => way.close());
  const uri = new URL(database.uri);
  way.leadTo(Number(uri.port));
  uri.host = new URL(way.url).host;
  app = await startApp({ env: { DATABASE_URI: uri.href, SETTLE_MS: "1" } });
  open.add(() => app.close());
  [alice, bob, carol] = await Promise.all([
    app.signUp("Alice Okada"),
    app.signUp("Bob Tanaka"),
    app.signUp("Carol Sato"),
  ]);
  await app.befriend(alice, bob, carol);
});

afterAll(() => open.close());

function device({ account: { user, token } }: AppPerson): LiveDevice {
  const listContacts = async () => (await callFunction(app.url, "listContacts", {}, token)).contacts;
  const live = new LiveDevice({ user, token, url: app.url, listContacts });
  open.add(() => live.close());
  live.signIn();
  return live;
}

it.each(["refuses", "hangs"] as const)(
  "[CONN-5] the database %s for 20 s: people ring, answer, talk and hang up, nobody is signed out, and all is on record after",
  async (how) => {
    const [aliceHere, bobHere] = [device(alice), device(bob)];
    for (const live of [aliceHere, bobHere])
      await live.until("contact list", ({ roster }) => roster.known || undefined);
    const awaySince = performance.now();
    if (how === "hangs") way.hold();
    else way.cut();

    const answered = newCallId();
    aliceHere.dispatch({ type: "place-call", call: answered, user: bob.id, media: "video" });
    await bobHere.until("ring", ({ call }) => call.at === "ringing-in" || undefined);
    bobHere.dispatch({ type: "accept-call", call: answered, media: "video" });
    for (const live of [aliceHere, bobHere]) await live.until("talk", ({ call }) => call.at === "live" || undefined);
    bobHere.dispatch({ type: "hang-up", call: answered });
    await aliceHere.until("end", ({ call }) => call.at === "ended" || undefined);
    for (const live of [aliceHere, bobHere]) live.dispatch({ type: "dismiss-call", call: answered });

    const missed = newCallId();
    bobHere.dispatch({ type: "place-call", call: missed, user: alice.id, media: "audio" });
    await aliceHere.until("ring", ({ call }) => call.at === "ringing-in" || undefined);
    bobHere.dispatch({ type: "hang-up", call: missed });
    await aliceHere.until("end", ({ call }) => call.at !== "ringing-in" || undefined);
    aliceHere.dispatch({ type: "set-presence", availability: "dnd", text: how });
    await until("presence", () => Promise.resolve(bobHere.shown(alice.id) === "dnd" || undefined));

    // Someone whose line begins now keeps the session, and waits.
    const carolHere = device(carol);
    await carolHere.until("wait", ({ connection: { line } }) => isUnchecked(line) || undefined);
    await pause(Math.max(0, OUTAGE_MS - (performance.now() - awaySince)));
    for (const live of [aliceHere, bobHere]) expect(live.isOnline).toBe(true);
    expect(carolHere.state.at).toBe("signed-in");
    way.mend();
    const mendedAt = performance.now();
    await carolHere.untilOnline(BACK_WITHIN_MS);
    console.log(`a device that waited was back ${(performance.now() - mendedAt).toFixed(0)} ms after the database`);

    const records = await until("records", async () => {
      const { calls } = await callFunction(app.url, "listCalls", { limit: 2 }, alice.account.token).catch(() => ({
        calls: [],
      }));
      return calls.length === 2 && calls.every(({ call }) => [answered, missed].includes(call)) ? calls : undefined;
    });
    console.log(`all was on record ${(performance.now() - mendedAt).toFixed(0)} ms after the database`);
    expect(records.find(({ call }) => call === answered)).toMatchObject({ outcome: "answered", direction: "out" });
    expect(records.find(({ call }) => call === missed)).toMatchObject({ outcome: "missed", direction: "in" });
    await aliceHere.until("count", ({ missed: count }) => count > 0 || undefined);
    expect(app.log.filter(({ level }) => level === "error")).toEqual([]);
    aliceHere.dispatch({ type: "set-presence", availability: "available", text: "" });
    for (const live of [aliceHere, bobHere, carolHere]) live.dispatch({ type: "sign-out" });
    await alice.call("markCallsSeen", {});
  },
);

function isUnchecked(line: { at: string; why?: string }): boolean {
  return line.at === "waiting" && line.why === "unchecked";
}

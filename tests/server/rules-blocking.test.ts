import type { ServerMessage } from "#protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Backend } from "../support/backend.ts";
import { account, befriend, callFunction, signUp, type SignedUp } from "../support/accounts.ts";
import { endOf, ring, talk } from "../support/calls.ts";
import { newCallId, PresenceClient, type HelloOptions, type OnlineClient } from "../support/presence-client.ts";
import { nextMillisecond, until } from "../support/until.ts";

const SPANS = { GRACE_MS: "400", SETTLE_MS: "1500" };

let backend: Backend;

beforeAll(async () => {
  backend = await Backend.start({ env: SPANS });
});

afterAll(() => backend.close());

function online({ token }: SignedUp, options: Partial<HelloOptions> = {}): Promise<OnlineClient> {
  return PresenceClient.online(backend.url, { token, ...options });
}

/** A pair of contacts of their own. */
async function pair(): Promise<{ alice: SignedUp; bob: SignedUp }> {
  const [alice, bob] = await Promise.all([
    signUp(backend.url, account(`Alice-${crypto.randomUUID().slice(0, 8)} Okada`)),
    signUp(backend.url, account(`Bob-${crypto.randomUUID().slice(0, 8)} Tanaka`)),
  ]);
  await befriend(backend.url, alice, bob);
  return { alice, bob };
}

function block(by: SignedUp, other: SignedUp, isBlocked = true): Promise<unknown> {
  const name = isBlocked ? "blockContact" : "unblockContact";
  return callFunction(backend.url, name, { user: other.user }, by.token);
}

/** What a client was told, without what no two clients are told alike: ids, names, instants and spans. */
function told(messages: unknown, people: Record<string, string>): unknown {
  let text = JSON.stringify(messages, (key, value: unknown) =>
    typeof value === "number" && ["since", "settling", "at", "remaining", "re"].includes(key) ? "a number" : value,
  );
  for (const [name, id] of Object.entries(people)) text = text.replaceAll(id, name);
  // Calls, and requests, whose ids are longer than a person's.
  return JSON.parse(text.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}|[\w-]{24}(?=")/g, "an id"));
}

/** A person's history, once this many calls are on record: records are written behind the frames. */
function historyOf({ token }: SignedUp, count: number): Promise<unknown> {
  return until(`${count} records`, async () => {
    const history = await callFunction(backend.url, "listCalls", {}, token);
    return history.calls.length >= count ? history : undefined;
  });
}

/** Everything that has come and was not taken. */
async function heard(client: OnlineClient): Promise<ServerMessage[]> {
  await client.fence();
  return client.waiting();
}

/** How Alice goes out of Bob's reach. */
type Way = "leaves" | "blocks";

/**
 * The same things in the same order, with a contact who has gone and with one who blocks: what Bob is told, and by the
 * functions of the server, must be the same but for ids, names and times.
 */
async function life(way: Way): Promise<unknown> {
  const { alice, bob } = await pair();
  const people = {
    Alice: alice.user,
    Bob: bob.user,
    alice: alice.handle,
    bob: bob.handle,
    AliceName: alice.name,
    BobName: bob.name,
  };
  const atAlice = await online(alice);
  const atBob = await online(bob);
  await atAlice.next("presence");
  await atAlice.must({ type: "presence.set", text: "here" });
  const { call } = await ring(atBob, alice.user, [atAlice]);
  const out: unknown[] = [];
  if (way === "leaves") await atAlice.must({ type: "bye" });
  else await block(alice, bob);
  out.push(await endOf(atBob, call), await atBob.next("presence", ({ availability }) => availability === "offline"));

  // From here on nothing that Alice does may be noticed.
  const stayed = way === "blocks" ? atAlice : undefined;
  await stayed?.must({ type: "presence.set", availability: "dnd", text: "secret" });
  await stayed?.must({ type: "bye" });
  const again = way === "blocks" ? await online(alice) : undefined;
  await again?.must({ type: "presence.set", availability: "available" });
  const invite = await atBob.request({ type: "call.invite", call: newCallId(), to: alice.user, media: "audio" });
  out.push(invite, await atBob.next("call.ended"));
  // Two calls of one millisecond stand in no order in the history.
  await nextMillisecond();
  const cancelled = newCallId();
  out.push(await atBob.request({ type: "call.invite", call: cancelled, to: alice.user, media: "video" }));
  out.push(await atBob.request({ type: "call.cancel", call: cancelled }));
  out.push(await atBob.request({ type: "call.invite", call: cancelled, to: alice.user, media: "video" }));
  out.push(await heard(atBob));
  if (again !== undefined) {
    expect((await heard(again)).map(({ type }) => type)).toEqual(["self"]);
    expect(again.welcome).toMatchObject({ contacts: [], calls: [], missed: 0 });
    const { calls } = await callFunction(backend.url, "listCalls", {}, alice.token);
    expect(calls).toEqual([]);
  }
  const phone = await online(bob);
  out.push(phone.welcome.contacts, phone.welcome.calls, phone.welcome.missed);
  out.push(await historyOf(bob, 3));
  out.push(await callFunction(backend.url, "listContacts", {}, bob.token));
  out.push(await callFunction(backend.url, "removeContact", { user: alice.user }, bob.token));
  await atBob.next("contacts.changed");
  out.push(await callFunction(backend.url, "requestContact", { handle: alice.handle }, bob.token));
  await atBob.next("contacts.changed");
  out.push(await callFunction(backend.url, "listContacts", {}, bob.token), await heard(atBob), await heard(phone));
  return told(out, people);
}

describe("[PRES-5] a contact who blocks, held against one who has gone", () => {
  it("is told of alike in every frame and every answer", async () => {
    const left = await life("leaves");
    expect(await life("blocks")).toEqual(left);
    expect(JSON.stringify(left)).toContain("unreachable");
  });

  it("[PRES-5] was last there when they blocked, whatever they do later", async () => {
    const { alice, bob } = await pair();
    const atAlice = await online(alice);
    const atBob = await online(bob);
    await block(alice, bob);
    const from = performance.now();
    await atBob.next("presence", ({ availability }) => availability === "offline");
    await atAlice.must({ type: "bye" });
    await (await online(alice)).must({ type: "presence.set", availability: "away" });
    const [contact] = (await online(bob)).welcome.contacts;
    expect(contact).toMatchObject({ user: alice.user, availability: "offline" });
    expect(contact?.since).toBeGreaterThanOrEqual(Math.floor(performance.now() - from) - 250);
    expect((await heard(atBob)).filter(({ type }) => type === "presence")).toEqual([]);
  });

  it("[PRES-5] [DEC-17] waits alike for both while a server settles that was killed", async () => {
    const [gone, blocking] = [await pair(), await pair()];
    await block(blocking.alice, blocking.bob);
    await backend.kill();
    await backend.restart();
    const atAlice = await online(blocking.alice);
    const ends = await Promise.all(
      [gone, blocking].map(async ({ alice, bob }) => {
        const atBob = await online(bob);
        const call = newCallId();
        await atBob.must({ type: "call.invite", call, to: alice.user, media: "video" });
        await atBob.fence();
        // It waits.
        const early = atBob.waiting("call.ended");
        return told([atBob.welcome.contacts, early, await endOf(atBob, call)], { Alice: alice.user });
      }),
    );
    expect(ends[1]).toEqual(ends[0]);
    expect(ends[0]).toEqual([[{ user: "Alice", availability: "offline" }], [], "unreachable"]);
    expect((await heard(atAlice)).filter(({ type }) => type !== "self")).toEqual([]);
    // Once she has gone, only what the accounts say of Bob tells that she blocks him.
    await atAlice.must({ type: "bye" });
    const { contacts } = (await online(blocking.bob)).welcome;
    expect(contacts).toEqual([{ user: blocking.alice.user, availability: "offline" }]);
  });
});

describe("[PRES-5] the blocker", () => {
  it("neither sees nor rings whom they block, until they unblock: then both see each other", async () => {
    const { alice, bob } = await pair();
    const [atAlice, atBob] = [await online(alice), await online(bob)];
    await atAlice.next("presence");
    await block(alice, bob);
    expect(await atAlice.next("contacts.changed")).toMatchObject({ user: bob.user });
    await atBob.next("presence", ({ availability }) => availability === "offline");
    await atBob.must({ type: "presence.set", availability: "dnd" });
    const refused = await atAlice.request({ type: "call.invite", call: newCallId(), to: bob.user, media: "audio" });
    expect(refused).toMatchObject({ type: "error", code: "not_contact" });
    expect(await heard(atAlice)).toEqual([]);
    expect((await heard(atBob)).filter(({ type }) => type !== "self")).toEqual([]);

    await block(alice, bob, false);
    expect(await atAlice.next("presence")).toMatchObject({ user: bob.user, availability: "dnd" });
    const seen = await atBob.next("presence");
    expect(seen).toMatchObject({ user: alice.user, availability: "available" });
    expect(seen.since).toBeLessThan(1_000);
    expect((await heard(atBob)).filter(({ type }) => type === "contacts.changed")).toEqual([]);
    await ring(atBob, alice.user, [atAlice]);
  });

  it("[PRES-5] has no missed call of a ring that they end by blocking, and a talk goes on", async () => {
    const { alice, bob } = await pair();
    const [atAlice, atBob] = [await online(alice), await online(bob)];
    const { call } = await ring(atBob, alice.user, [atAlice]);
    await block(alice, bob);
    expect(await endOf(atAlice, call)).toBe("declined-elsewhere");
    expect(await endOf(atBob, call)).toBe("unreachable");
    await block(alice, bob, false);

    const running = await talk(atBob, alice.user, atAlice);
    await block(alice, bob);
    await atBob.must({ type: "call.signal", call: running.call, data: { mute: true } });
    await atAlice.next("call.signal");
    await atAlice.must({ type: "call.hangup", call: running.call });
    expect(await endOf(atBob, running.call)).toBe("hangup");
    // The record of the talk is behind that of the ring, which would be here by now.
    await expect
      .poll(async () => {
        const { calls } = await callFunction(backend.url, "listCalls", {}, alice.token);
        return calls.map(({ outcome }) => outcome);
      })
      .toEqual(["answered"]);
    expect((await online(alice)).welcome.missed).toBe(0);
  });
});

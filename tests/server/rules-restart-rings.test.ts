import { PEER_KEY, type CallId, type Ticket } from "#protocol";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { account, befriend, signUp, type SignedUp } from "../support/accounts.ts";
import { Backend } from "../support/backend.ts";
import { HeldWrites, recordsOf, untilWritten } from "../support/call-rows.ts";
import { endOf, ring } from "../support/calls.ts";
import { newCallId, PresenceClient, type HelloOptions, type OnlineClient } from "../support/presence-client.ts";
import { tryUpgrade } from "../support/sockets.ts";

// Each test starts a server anew, to which 60 s are given.
vi.setConfig({ testTimeout: 90_000 });

let backend: Backend;
let alice: SignedUp;
let bob: SignedUp;

beforeAll(async () => {
  backend = await Backend.start();
  [alice, bob] = await Promise.all([
    signUp(backend.url, account("Alice Okada")),
    signUp(backend.url, account("Bob Tanaka")),
  ]);
  await befriend(backend.url, alice, bob);
});

afterAll(() => backend.close());

function online({ token }: SignedUp, options: Partial<HelloOptions> = {}): Promise<OnlineClient> {
  return PresenceClient.online(backend.url, { token, ...options });
}

async function opens({ peer, self, token }: Ticket): Promise<boolean> {
  const url = `${backend.url.replace("http", "ws")}${peer.path}/peerjs?key=${PEER_KEY}&id=${self}&token=${token}`;
  const upgrade = await tryUpgrade(url);
  if (upgrade.opened) upgrade.socket.terminate();
  return upgrade.opened;
}

async function killAndRestart(): Promise<void> {
  await backend.kill();
  await backend.restart();
}

async function leave(...devices: OnlineClient[]): Promise<void> {
  for (const device of devices) await device.must({ type: "bye" });
}

/** Each of the two has one record, and they agree. */
async function expectOneRecord(call: CallId, outcome: string, missed = outcome) {
  const [atAlice, atBob] = [await recordsOf(backend, alice, call), await recordsOf(backend, bob, call)];
  expect(atAlice).toMatchObject([{ direction: "out", outcome }]);
  expect(atBob).toMatchObject([{ direction: "in", outcome: missed }]);
  return atAlice[0];
}

describe("[CALL-11] a server that is killed while it rings", () => {
  it("lets the ring go on with its own clock, to be accepted by whoever is back", async () => {
    const [atAlice, atBob] = [await online(alice), await online(bob)];
    const invitedAt = Date.now();
    const { call, ringing } = await ring(atAlice, bob.user, [atBob], { media: "audio" });
    await untilWritten(backend, call, "ringing");
    await killAndRestart();

    const bobBack = await online(bob, { device: atBob.device });
    const [listed] = bobBack.welcome.calls;
    if (listed?.state !== "incoming") throw new Error(JSON.stringify(bobBack.welcome.calls));
    expect(listed).toMatchObject({ call, from: { user: alice.user, name: "Alice Okada" }, media: "audio" });
    expect(listed.remaining).toBeLessThanOrEqual(45_000 - (Date.now() - invitedAt) + 1_000);
    expect(listed.remaining).toBeGreaterThan(0);

    const back = await online(alice, { device: atAlice.device });
    const [outgoing] = back.welcome.calls;
    if (outgoing?.state !== "outgoing") throw new Error(JSON.stringify(back.welcome.calls));
    expect(outgoing).toMatchObject({ call, devices: 1, mode: "loud" });
    // The page that registered with it goes on with it.
    expect(outgoing.ticket?.self).toBe(ringing.ticket.self);
    expect(outgoing.ticket && (await opens(outgoing.ticket))).toBe(true);
    await back.must({ type: "call.invite", call, to: bob.user, media: "audio", age: Date.now() - invitedAt });
    expect((await back.next("call.ringing")).ticket.self).toBe(ringing.ticket.self);
    await bobBack.fence();
    expect(bobBack.waiting("call.incoming", "call.ended")).toEqual([]);

    bobBack.send({ type: "call.accept", call });
    const [here, there] = await Promise.all([back.next("call.accepted"), bobBack.next("call.accepted")]);
    expect([here.ticket.self, there.ticket.remote]).toEqual([ringing.ticket.self, ringing.ticket.self]);
    expect(await Promise.all([opens(here.ticket), opens(there.ticket)])).toEqual([true, true]);
    await back.must({ type: "call.hangup", call });
    expect(await endOf(bobBack, call)).toBe("hangup");
    expect(await expectOneRecord(call, "answered")).toMatchObject({ media: "audio" });
    await leave(back, bobBack);
  });

  it("[CALL-12] lets it be accepted before the caller is back, who hears of it after the welcome", async () => {
    const [atAlice, atBob] = [await online(alice), await online(bob)];
    const { call, ringing } = await ring(atAlice, bob.user, [atBob]);
    await untilWritten(backend, call, "ringing");
    await killAndRestart();
    const bobBack = await online(bob, { device: atBob.device });
    expect(await bobBack.request({ type: "call.accept", call })).toMatchObject({ type: "call.accepted" });
    const back = await online(alice, { device: atAlice.device });
    expect(back.welcome.calls).toMatchObject([{ call, state: "running", here: true }]);
    expect((await back.next("call.accepted")).ticket.self).toBe(ringing.ticket.self);
    await bobBack.must({ type: "call.hangup", call });
    expect(await endOf(back, call)).toBe("hangup");
    await expectOneRecord(call, "answered");
    await leave(back, bobBack);
  });

  it("[DEC-11] tells who comes back late how it ended", async () => {
    const [atAlice, atBob] = [await online(alice), await online(bob)];
    const { call } = await ring(atAlice, bob.user, [atBob]);
    await untilWritten(backend, call, "ringing");
    await killAndRestart();
    const back = await online(alice, { device: atAlice.device });
    await back.must({ type: "call.cancel", call });
    const bobBack = await online(bob, { device: atBob.device });
    expect(bobBack.welcome.calls).toEqual([]);
    expect(await endOf(bobBack, call)).toBe("cancelled");
    await expectOneRecord(call, "cancelled", "missed");
    await leave(back, bobBack);
  });
});

describe("[CALL-11] [CALL-14] one record in which both sides agree, whenever the server is killed", () => {
  const stages = ["after the invite", "after the receipt", "after the answer", "after the hang-up"] as const;

  it.each(stages)("%s, with whatever was written by then", async (stage) => {
    const [atAlice, atBob] = [await online(alice), await online(bob)];
    const call = newCallId();
    const reached = stages.indexOf(stage);
    const steps = [
      () => atAlice.must({ type: "call.invite", call, to: bob.user, media: "video" }),
      () => atBob.must({ type: "call.alert", call, mode: "loud" }),
      async () => {
        // Nobody answers within the few ms of a write. Who called could not be told from the two people's words alone. [DEC-16]
        await untilWritten(backend, call, "ringing");
        await atBob.request({ type: "call.accept", call });
      },
      () => atAlice.must({ type: "call.hangup", call }),
    ];
    for (const step of steps.slice(0, reached + 1)) await step();
    await killAndRestart();

    // Both come back and do what a client does. [CALL-12]
    const isTalking = stage === "after the answer";
    const active = (other: SignedUp) => (isTalking ? [{ call, with: other.user, age: 1_000 }] : []);
    const bobBack = await online(bob, { device: atBob.device, active: active(alice) });
    const back = await online(alice, { device: atAlice.device, active: active(bob) });
    if (reached < 2) {
      await back.must({ type: "call.invite", call, to: bob.user, media: "video", age: 1_000 });
      await bobBack.request({ type: "call.accept", call });
    }
    for (const device of [back, bobBack]) await device.request({ type: "call.hangup", call });
    const [atCaller] = await recordsOf(backend, alice, call);
    // An end that was not written in time is told anew, by who finds the call as it was before: as a ring, at worst.
    const isLost = stage === "after the hang-up" && atCaller?.outcome === "cancelled";
    if (isLost) await expectOneRecord(call, "cancelled", "missed");
    else await expectOneRecord(call, "answered");
    await leave(back, bobBack);
  });
});

describe("[CALL-11] what was not written in time", () => {
  it("a talk lives on by the word of both, and leaves one record", async () => {
    const [atAlice, atBob] = [await online(alice), await online(bob)];
    const held = await HeldWrites.begin(backend);
    const { call } = await ring(atAlice, bob.user, [atBob]);
    await atBob.request({ type: "call.accept", call });
    await backend.kill();
    await held.lose();
    await backend.restart();
    const back = await online(alice, { device: atAlice.device, active: [{ call, with: bob.user, age: 61_000 }] });
    const bobBack = await online(bob, { device: atBob.device, active: [{ call, with: alice.user, age: 61_000 }] });
    for (const { welcome } of [back, bobBack])
      expect(welcome.calls).toMatchObject([{ call, state: "running", here: true }]);
    await back.must({ type: "call.hangup", call });
    expect(await endOf(bobBack, call)).toBe("hangup");
    const [record, ...more] = await recordsOf(backend, bob, call);
    expect(more).toEqual([]);
    expect(record).toMatchObject({ outcome: "answered" });
    expect(record?.seconds).toBeGreaterThanOrEqual(60);
    await leave(back, bobBack);
  });

  it("an answer to a ring that was written is taken up, with who called", async () => {
    const [atAlice, atBob] = [await online(alice), await online(bob)];
    const { call } = await ring(atAlice, bob.user, [atBob], { media: "audio" });
    await untilWritten(backend, call, "ringing");
    const held = await HeldWrites.begin(backend);
    await atBob.request({ type: "call.accept", call });
    await backend.kill();
    await held.lose();
    await backend.restart();
    const back = await online(alice, { device: atAlice.device, active: [{ call, with: bob.user, age: 1_000 }] });
    expect(back.welcome.calls).toMatchObject([{ call, state: "running", here: true, media: "audio" }]);
    const bobBack = await online(bob, { device: atBob.device, active: [{ call, with: alice.user, age: 1_000 }] });
    expect(bobBack.welcome.calls).toMatchObject([{ call, state: "running", here: true }]);
    await bobBack.must({ type: "call.hangup", call });
    expect(await endOf(back, call)).toBe("hangup");
    expect(await expectOneRecord(call, "answered")).toMatchObject({ media: "audio" });
    await leave(back, bobBack);
  });

  it("waits while the database stands still, and leaves the last word, however long it takes", async () => {
    const [atAlice, atBob] = [await online(alice), await online(bob)];
    const held = await HeldWrites.begin(backend);
    const { call } = await ring(atAlice, bob.user, [atBob]);
    await atBob.request({ type: "call.accept", call });
    // The first tries are given up while they wait for the lock, and are still carried out after it.
    const gaveUp = /a write waits for the database/g;
    const before = [...backend.log.matchAll(gaveUp)].length;
    await expect.poll(() => [...backend.log.matchAll(gaveUp)].length, { timeout: 15_000 }).toBeGreaterThan(before);
    await atAlice.must({ type: "call.hangup", call });
    expect(await endOf(atBob, call)).toBe("hangup");
    await held.letGo();
    await untilWritten(backend, call, "ended");
    await expectOneRecord(call, "answered");
    await killAndRestart();
    const back = await online(alice, { device: atAlice.device });
    expect(back.welcome.calls).toEqual([]);
    await expectOneRecord(call, "answered");
    await leave(back);
  });
});

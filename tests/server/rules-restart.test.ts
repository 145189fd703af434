import { CloseCode, PEER_KEY, type Ticket } from "#protocol";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { account, befriend, signUp, type SignedUp } from "../support/accounts.ts";
import { Backend } from "../support/backend.ts";
import { HeldWrites, recordsOf, untilWritten } from "../support/call-rows.ts";
import { endOf, ring, talk } from "../support/calls.ts";
import { PresenceClient, type HelloOptions, type OnlineClient } from "../support/presence-client.ts";
import { tryUpgrade } from "../support/sockets.ts";
import { until } from "../support/until.ts";

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

describe("[CALL-11] a server that was killed loses no call that already talks", () => {
  it("it is found written, and can be rejoined and hung up as before", async () => {
    const [atAlice, atBob] = [await online(alice), await online(bob)];
    const { call, atCaller } = await talk(atAlice, bob.user, atBob, { media: "audio" });
    const talkingSince = Date.now();
    await untilWritten(backend, call, "running");
    const closed = Promise.all([atAlice.closed, atBob.closed]);
    await backend.kill();
    expect(await closed).toEqual([1006, 1006]);
    await backend.restart();

    // The secret of the tickets is kept with the data, so a page that is about to use one can.
    expect(await opens(atCaller.ticket)).toBe(true);
    const back = await online(alice, { device: atAlice.device });
    expect(back.welcome.calls).toMatchObject([
      { call, state: "running", media: "audio", here: true, with: { user: bob.user, name: "Bob Tanaka" } },
    ]);
    expect(back.welcome.settling).toBeGreaterThan(0);
    const bobBack = await online(bob, { device: atBob.device, active: [{ call, with: alice.user, age: 1_000 }] });
    expect(bobBack.welcome.calls).toMatchObject([{ call, state: "running", here: true, with: { user: alice.user } }]);
    // Nobody who talks is told of new tickets, or of an answer again.
    await Promise.all([back.fence(), bobBack.fence()]);
    expect([back, bobBack].flatMap((device) => device.waiting("call.accepted", "call.rejoined"))).toEqual([]);
    expect(bobBack.welcome.contacts).toMatchObject([{ user: alice.user, availability: "busy" }]);

    // [CALL-13] A page that needs a fresh connection gets tickets for both.
    const [here, there] = await Promise.all([
      back.request({ type: "call.rejoin", call }),
      bobBack.next("call.rejoined", (told) => told.call === call),
    ]);
    if (here.type !== "call.rejoined") throw new Error(JSON.stringify(here));
    expect(await Promise.all([opens(here.ticket), opens(there.ticket)])).toEqual([true, true]);
    await back.must({ type: "call.signal", call, data: { kind: "restart-please" } });
    expect((await bobBack.next("call.signal")).data).toEqual({ kind: "restart-please" });

    await bobBack.must({ type: "call.hangup", call });
    expect(await endOf(back, call)).toBe("hangup");
    // A talk's length goes on.
    const seconds = Math.round((Date.now() - talkingSince) / 1000);
    const records = [await recordsOf(backend, alice, call), await recordsOf(backend, bob, call)];
    const record = { outcome: "answered", media: "audio" };
    expect(records).toMatchObject([[{ ...record, direction: "out" }], [{ ...record, direction: "in" }]]);
    expect(Math.abs((records[0]?.[0]?.seconds ?? 0) - seconds)).toBeLessThanOrEqual(1);
    for (const device of [back, bobBack]) await device.must({ type: "bye" });
  });

  it("[CALL-11] a call that only one side names is nobody else's, and a stranger's claim counts for nothing", async () => {
    const mallory = await signUp(backend.url, account("Mallory Mori"));
    const [atAlice, atBob] = [await online(alice), await online(bob)];
    const held = await HeldWrites.begin(backend);
    const { call } = await talk(atAlice, bob.user, atBob);
    await backend.kill();
    await held.lose();
    await backend.restart();
    const atMallory = await online(mallory, { active: [{ call, with: bob.user, age: 1_000 }] });
    expect(atMallory.welcome.calls).toEqual([]);
    const back = await online(alice, { device: atAlice.device, active: [{ call, with: bob.user, age: 1_000 }] });
    const bobBack = await online(bob, { device: atBob.device });
    expect(await atMallory.request({ type: "call.hangup", call })).toMatchObject({ code: "not_found" });
    await bobBack.fence();
    expect(bobBack.waiting("call.ended", "call.accepted")).toEqual([]);
    await back.must({ type: "call.hangup", call });
    for (const device of [back, bobBack, atMallory]) await device.must({ type: "bye" });
  });
});

describe("[CALL-7] [CALL-11] a server that was away for longer than a ring", () => {
  it("ends it at its start, as a call that was missed while it rang", async () => {
    const short = await Backend.start({ env: { RING_MS: "2000" } });
    try {
      const [carol, dave] = [
        await signUp(short.url, account("Carol Ito")),
        await signUp(short.url, account("Dave Abe")),
      ];
      await befriend(short.url, carol, dave);
      const atCarol = await PresenceClient.online(short.url, { token: carol.token });
      const atDave = await PresenceClient.online(short.url, { token: dave.token });
      const { call } = await ring(atCarol, dave.user, [atDave]);
      const over = Date.now() + 2_000;
      await untilWritten(short, call, "ringing");
      await short.kill();
      await until("the end of the ring", () => Promise.resolve(Date.now() > over ? true : undefined));
      await short.restart();
      expect(await recordsOf(short, dave, call)).toMatchObject([
        { outcome: "missed", missedWhile: "ringing", seen: false },
      ]);
      const back = await PresenceClient.online(short.url, { token: dave.token, device: atDave.device });
      expect(back.welcome).toMatchObject({ calls: [], missed: 1 });
      expect(await endOf(back, call)).toBe("no-answer");
    } finally {
      await short.close();
    }
  });
});

describe("a server that stops", () => {
  it("[CALL-11] lets what rings go on when it starts again", async () => {
    const [atAlice, atBob] = [await online(alice), await online(bob)];
    const { call } = await ring(atAlice, bob.user, [atBob]);
    await backend.stop();
    await backend.restart();
    const [back, bobBack] = [
      await online(alice, { device: atAlice.device }),
      await online(bob, { device: atBob.device }),
    ];
    expect(bobBack.welcome.calls).toMatchObject([{ call, state: "incoming" }]);
    await bobBack.must({ type: "call.decline", call });
    expect(await endOf(back, call)).toBe("declined");
    for (const device of [back, bobBack]) await device.must({ type: "bye" });
  });

  it("sends everyone away with 1001, and knows their choices when it starts again", async () => {
    const [atAlice, atBob] = [await online(alice), await online(bob)];
    await atAlice.must({ type: "presence.set", availability: "dnd", text: "until later" });
    const closed = Promise.all([atAlice.closed, atBob.closed]);
    await backend.stop();
    expect(await closed).toEqual([CloseCode.goingAway, CloseCode.goingAway]);
    expect(await backend.postgresPid()).toBeUndefined();
    await backend.restart();
    const back = await online(alice);
    expect(back.welcome.user).toMatchObject({ availability: "dnd", text: "until later" });
    await back.must({ type: "bye" });
  });
});

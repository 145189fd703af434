import { CloseCode, PEER_KEY, type Ticket } from "#protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { account, befriend, callFunction, signUp, type SignedUp } from "../support/accounts.ts";
import { Backend } from "../support/backend.ts";
import { endOf, talk } from "../support/calls.ts";
import { PresenceClient, type HelloOptions, type OnlineClient } from "../support/presence-client.ts";
import { tryUpgrade } from "../support/sockets.ts";
import { until } from "../support/until.ts";

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
  it("clients come back and name it, and it can be rejoined and hung up as before", async () => {
    const [atAlice, atBob] = [await online(alice), await online(bob)];
    const { call, atCaller } = await talk(atAlice, bob.user, atBob);
    const closed = Promise.all([atAlice.closed, atBob.closed]);
    await backend.kill();
    expect(await closed).toEqual([1006, 1006]);
    await backend.restart();

    // The secret of the tickets is kept with the data, so a page that is about to use one can.
    expect(await opens(atCaller.ticket)).toBe(true);
    const age = 61_000;
    const back = await online(alice, { device: atAlice.device, active: [{ call, with: bob.user, age }] });
    expect(back.welcome.calls).toMatchObject([{ call, state: "running", here: true, with: { user: bob.user } }]);
    expect(back.welcome.settling).toBeGreaterThan(0);
    const bobBack = await online(bob, { device: atBob.device, active: [{ call, with: alice.user, age: age + 500 }] });
    expect(bobBack.welcome.calls).toMatchObject([{ call, state: "running", here: true, with: { user: alice.user } }]);
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
    const record = await until("the record", async () => {
      const { calls } = await callFunction(backend.url, "listCalls", {}, alice.token);
      return calls.find((one) => one.call === call);
    });
    expect(record).toMatchObject({ outcome: "answered" });
    // A talk's length goes on.
    expect(record.seconds).toBeGreaterThanOrEqual(60);
    for (const device of [back, bobBack]) await device.must({ type: "bye" });
  });

  it("[CALL-11] a call that only one side names is nobody else's, and a stranger's claim counts for nothing", async () => {
    const mallory = await signUp(backend.url, account("Mallory Mori"));
    const [atAlice, atBob] = [await online(alice), await online(bob)];
    const { call } = await talk(atAlice, bob.user, atBob);
    await backend.kill();
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

describe("a server that stops", () => {
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

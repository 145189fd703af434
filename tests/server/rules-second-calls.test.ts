import type { CallId, CallRecord, ClientMessageOf } from "#protocol";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { endOf, ring, talk } from "../support/calls.ts";
import { newCallId, newDeviceId, type HelloOptions, type OnlineClient } from "../support/presence-client.ts";
import { startApp, type AppPerson, type TestApp } from "../support/server-app.ts";
import { until } from "../support/until.ts";

let app: TestApp;
let alice: AppPerson;
let bob: AppPerson;
let carol: AppPerson;
let atAlice: OnlineClient;
let laptop: OnlineClient;
let phone: OnlineClient;
let atCarol: OnlineClient;
let people = 0;
const open: OnlineClient[] = [];

beforeAll(async () => {
  app = await startApp({ env: { SETTLE_MS: "1" } });
});

afterAll(() => app.close());

/** Three who have never called each other; Bob has two devices. */
beforeEach(async () => {
  people += 1;
  [alice, bob, carol] = await Promise.all([
    app.signUp(`Alice${String(people)} Okada`),
    app.signUp(`Bob${String(people)} Tanaka`),
    app.signUp(`Carol${String(people)} Sato`),
  ]);
  await app.befriend(alice, bob, carol);
  atAlice = await online(alice);
  laptop = await online(bob);
  phone = await online(bob);
  atCarol = await online(carol);
});

afterEach(async () => {
  for (const client of open.splice(0))
    if (client.socket.readyState === client.socket.OPEN) await client.must({ type: "bye" });
});

async function online(person: AppPerson, options: Partial<HelloOptions> = {}): Promise<OnlineClient> {
  const client = await person.connect(options);
  open.push(client);
  return client;
}

async function invite(from: OnlineClient): Promise<CallId> {
  const call = newCallId();
  await from.must({ type: "call.invite", call, to: bob.id, media: "video" });
  return call;
}

/** Bob's devices, both told of a ring that waits, and their receipts given. */
async function waitAtBob(): Promise<{ call: CallId; modes: string[] }> {
  const call = await invite(atCarol);
  const modes: string[] = [];
  for (const [index, device] of [laptop, phone].entries()) {
    const incoming = await device.next("call.incoming", (told) => told.call === call);
    expect(incoming).toMatchObject({ from: { user: carol.id, name: carol.name }, waiting: true });
    await device.must({ type: "call.alert", call, mode: "waiting" });
    const ringing = await atCarol.next("call.ringing", (told) => told.call === call && told.devices === index + 1);
    modes.push(ringing.mode);
  }
  return { call, modes };
}

async function recordOf(person: AppPerson, call: CallId): Promise<CallRecord> {
  return until("the record", async () => (await person.call("listCalls", {})).calls.find((one) => one.call === call));
}

async function setAtBob(settings: Omit<ClientMessageOf<"settings.set">, "type">): Promise<void> {
  await laptop.must({ type: "settings.set", ...settings });
}

describe("[CALL-9] a second invite to someone in a call waits quietly", () => {
  it("on every device of theirs, one that comes online as well, and its caller is told so", async () => {
    expect(laptop.welcome.settings).toEqual({ showBusy: true, secondCall: "wait" });
    const first = (await talk(atAlice, bob.id, laptop)).call;
    const { call, modes } = await waitAtBob();
    expect(modes).toEqual(["waiting", "waiting"]);
    const tablet = await online(bob);
    expect(tablet.welcome.calls).toMatchObject([
      { call: first, state: "running", here: false },
      { call, state: "incoming", waiting: true },
    ]);
    await atCarol.lose();
    const back = await online(carol, { device: atCarol.device });
    expect(back.welcome.calls).toMatchObject([{ call, state: "outgoing", devices: 2, mode: "waiting" }]);
    await back.must({ type: "call.cancel", call });
    expect(await endOf(laptop, call)).toBe("cancelled");
    expect(await recordOf(bob, call)).toMatchObject({ outcome: "missed", missedWhile: "in-call", seen: false });
    expect(await recordOf(carol, call)).not.toHaveProperty("missedWhile");
    await atAlice.must({ type: "call.signal", call: first, data: "still there" });
    expect(await laptop.next("call.signal")).toMatchObject({ data: "still there" });
  });

  it.each([
    ["the device in the call", () => laptop],
    ["another device", () => phone],
  ])("[CALL-9] accepting it on %s ends the first as hangup, for everyone", async (_, which) => {
    const first = (await talk(atAlice, bob.id, laptop)).call;
    const { call } = await waitAtBob();
    const device = which();
    expect(await device.request({ type: "call.accept", call })).toMatchObject({ type: "call.accepted", call });
    expect(await Promise.all([endOf(atAlice, first), endOf(laptop, first)])).toEqual(["hangup", "hangup"]);
    expect(await atCarol.next("call.accepted")).toMatchObject({ call });
    if (device === phone) expect(await endOf(laptop, call)).toBe("answered-elsewhere");
    expect(await recordOf(alice, first)).toMatchObject({ outcome: "answered" });
    const back = await online(bob, { device: device.device });
    expect(back.welcome.calls).toMatchObject([{ call, state: "running", here: true }]);
  });

  it("[CALL-9] declining it leaves the talk", async () => {
    await talk(atAlice, bob.id, laptop);
    const { call } = await waitAtBob();
    await phone.must({ type: "call.decline", call });
    expect(await Promise.all([endOf(atCarol, call), endOf(phone, call), endOf(laptop, call)])).toEqual([
      "declined",
      "declined",
      "declined-elsewhere",
    ]);
    await atAlice.fence();
    expect(atAlice.waiting("call.ended")).toEqual([]);
  });

  it("[CALL-9] after the talk the device whose call it was may ring aloud: one more receipt", async () => {
    const first = (await talk(atAlice, bob.id, laptop)).call;
    const { call } = await waitAtBob();
    await atAlice.must({ type: "call.hangup", call: first });
    await endOf(laptop, first);
    await laptop.must({ type: "call.alert", call, mode: "loud" });
    expect(await atCarol.next("call.ringing", ({ mode }) => mode !== "waiting")).toMatchObject({
      devices: 2,
      mode: "loud",
    });
    expect(laptop.waiting("call.incoming")).toEqual([]);
    laptop.send({ type: "call.accept", call });
    expect(await atCarol.next("call.accepted")).toMatchObject({ call });
  });

  it("[CALL-9] several rings: the one that is left waits for whoever comes online", async () => {
    const { call: left } = await ring(atCarol, bob.id, [laptop, phone]);
    const { call } = await talk(atAlice, bob.id, laptop);
    const tablet = await online(bob);
    expect(tablet.welcome.calls).toMatchObject([
      { call: left, state: "incoming", waiting: true },
      { call, state: "running" },
    ]);
    await atCarol.must({ type: "call.cancel", call: left });
  });
});

describe("[CALL-9] with secondCall busy", () => {
  it("it ends at once as busy, rings nowhere, and is a missed call", async () => {
    await setAtBob({ secondCall: "busy" });
    expect(await phone.next("self")).toMatchObject({ settings: { showBusy: true, secondCall: "busy" } });
    await talk(atAlice, bob.id, laptop);
    const call = await invite(atCarol);
    expect(await endOf(atCarol, call)).toBe("busy");
    expect(await laptop.next("missed")).toMatchObject({ count: 1 });
    await phone.fence();
    expect(phone.waiting("call.incoming").filter((told) => "call" in told && told.call === call)).toEqual([]);
    expect(await recordOf(bob, call)).toMatchObject({ outcome: "missed", missedWhile: "in-call" });
    expect(await recordOf(carol, call)).toMatchObject({ outcome: "busy" });
  });

  it("[CALL-9] [DEC-5] a ring that waits is busy once it is chosen, and so is another's when one is answered", async () => {
    const first = (await talk(atAlice, bob.id, laptop)).call;
    const { call } = await waitAtBob();
    await setAtBob({ secondCall: "busy" });
    expect(await endOf(atCarol, call)).toBe("busy");
    await laptop.must({ type: "call.hangup", call: first });
    const { call: left } = await ring(atCarol, bob.id, [laptop, phone]);
    await talk(atAlice, bob.id, laptop);
    expect(await Promise.all([endOf(atCarol, left), endOf(phone, left)])).toEqual(["busy", "busy"]);
  });
});

describe("[PRES-1] [DEC-24] with showBusy off", () => {
  it("the caller is told that the sound is off, and nothing else", async () => {
    await setAtBob({ showBusy: false });
    await talk(atAlice, bob.id, laptop);
    const { call, modes } = await waitAtBob();
    expect(modes).toEqual(["silent", "silent"]);
    await atCarol.lose();
    const back = await online(carol, { device: atCarol.device });
    expect(back.welcome.calls).toMatchObject([{ call, state: "outgoing", devices: 2, mode: "silent" }]);
    expect(back.welcome.contacts).toContainEqual(expect.objectContaining({ user: bob.id, availability: "available" }));
    await back.must({ type: "call.cancel", call });
  });
});

describe("[CALL-8] contacts whom one lets through", () => {
  it("ring through do not disturb, and see it; the others do not ring", async () => {
    await setAtBob({ letThrough: [carol.id, carol.id] });
    const settings = { showBusy: true, secondCall: "wait", letThrough: [carol.id] };
    expect(await phone.next("self")).toMatchObject({ settings });
    await laptop.must({ type: "presence.set", availability: "dnd" });
    expect(await atCarol.next("presence", ({ user }) => user === bob.id)).toMatchObject({ availability: "dnd" });
    const { call, ringing } = await ring(atCarol, bob.id, [laptop, phone]);
    expect(ringing).toMatchObject({ mode: "loud" });
    expect(await endOf(atAlice, await invite(atAlice))).toBe("unavailable");
    // Taken off the list, the ring is over. [DEC-5]
    await setAtBob({ letThrough: [] });
    expect(await endOf(atCarol, call)).toBe("unavailable");
    expect((await online(bob)).welcome.settings).toEqual({ showBusy: true, secondCall: "wait" });
  });

  it("[CALL-8] are kept, and reach nobody who is invisible", async () => {
    await setAtBob({ letThrough: [carol.id, alice.id] });
    await laptop.must({ type: "presence.set", availability: "dnd" });
    for (const device of [laptop, phone]) await device.must({ type: "bye" });
    const back = await until("the kept list", async () => {
      const device = await online(bob, { device: newDeviceId() });
      if (device.welcome.settings.letThrough !== undefined) return device;
      await device.must({ type: "bye" });
      return undefined;
    });
    expect(back.welcome.settings.letThrough).toEqual([carol.id, alice.id]);
    const call = await invite(atCarol);
    expect(await back.next("call.incoming")).toMatchObject({ call });
    await back.must({ type: "presence.set", availability: "invisible" });
    expect(await endOf(atCarol, call)).toBe("unreachable");
    expect(await endOf(atCarol, await invite(atCarol))).toBe("unreachable");
  });
});

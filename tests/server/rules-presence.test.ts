import type { Choice, ServerMessageOf, UserId } from "#protocol";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { endOf, talk } from "../support/calls.ts";
import { newCallId, newDeviceId, type HelloOptions, type OnlineClient } from "../support/presence-client.ts";
import { startApp, type AppPerson, type TestApp } from "../support/server-app.ts";

const GRACE_MS = 1_200;

let app: TestApp;
let alice: AppPerson;
let bob: AppPerson;
let carol: AppPerson;
/** Sees what others see of Bob. */
let watcher: OnlineClient;
const open: OnlineClient[] = [];

beforeAll(async () => {
  app = await startApp({ env: { GRACE_MS: String(GRACE_MS), SETTLE_MS: "1" } });
  [alice, bob, carol] = await Promise.all([
    app.signUp("Alice Okada"),
    app.signUp("Bob Tanaka"),
    app.signUp("Carol Sato"),
  ]);
  await app.befriend(alice, bob);
});

afterAll(() => app.close());

beforeEach(async () => {
  watcher = await online(alice);
});

afterEach(async () => {
  for (const client of open.splice(0)) {
    if (client.socket.readyState !== client.socket.OPEN) continue;
    await client.must({ type: "presence.set", availability: "available", text: "" });
    await client.must({ type: "settings.set", showBusy: true });
    await client.must({ type: "bye" });
  }
});

async function online(person: AppPerson, options: Partial<HelloOptions> = {}): Promise<OnlineClient> {
  const client = await person.connect(options);
  open.push(client);
  return client;
}

/** The next that the watcher hears of someone. */
function seen(of: UserId = bob.id): Promise<ServerMessageOf<"presence">> {
  return watcher.next("presence", ({ user }) => user === of);
}

/** Nothing more has come than was taken. */
async function nothingMore(client: OnlineClient): Promise<void> {
  await client.fence();
  expect(client.waiting("presence")).toEqual([]);
}

async function choose(client: OnlineClient, availability: Choice, text?: string): Promise<void> {
  await client.must({ type: "presence.set", availability, ...(text === undefined ? {} : { text }) });
}

describe("[PRES-1] what others see", () => {
  it("is the user's own choice, with its text", async () => {
    const laptop = await online(bob);
    expect(await seen()).toMatchObject({ availability: "available" });
    await choose(laptop, "away", "at lunch");
    expect(await seen()).toMatchObject({ availability: "away", text: "at lunch" });
    await choose(laptop, "dnd");
    expect(await seen()).toMatchObject({ availability: "dnd", text: "at lunch" });
    await laptop.must({ type: "presence.set", text: "" });
    expect((await seen()).text ?? "").toBe("");
    await choose(laptop, "available");
    expect(await seen()).toMatchObject({ availability: "available" });
  });

  it("[PRES-1] is away when no device is attended, and an idle device changes no choice", async () => {
    const laptop = await online(bob);
    expect(await seen()).toMatchObject({ availability: "available" });
    await laptop.must({ type: "device.idle", idle: true });
    expect(await seen()).toMatchObject({ availability: "away" });
    const phone = await online(bob);
    expect(phone.welcome.user.availability).toBe("available");
    expect(await seen()).toMatchObject({ availability: "available" });
    await choose(phone, "dnd");
    expect(await seen()).toMatchObject({ availability: "dnd" });
    await phone.must({ type: "device.idle", idle: true });
    await nothingMore(watcher);
    await phone.must({ type: "device.idle", idle: false });
  });

  it("[PRES-1] is busy in an accepted call, unless the user does not show it", async () => {
    const laptop = await online(bob);
    await seen();
    const { call } = await talk(watcher, bob.id, laptop);
    expect(await seen()).toMatchObject({ availability: "busy" });
    await laptop.must({ type: "settings.set", showBusy: false });
    expect(await seen()).toMatchObject({ availability: "available" });
    await laptop.must({ type: "settings.set", showBusy: true });
    expect(await seen()).toMatchObject({ availability: "busy" });
    await watcher.must({ type: "call.hangup", call });
    expect(await endOf(laptop, call)).toBe("hangup");
    expect(await seen()).toMatchObject({ availability: "available" });
  });

  it("[PRES-1] is available again when the time of a choice runs out, and the text stays", async () => {
    const laptop = await online(bob);
    await seen();
    await laptop.must({ type: "presence.set", availability: "dnd", until: 300, text: "focus" });
    expect(await seen()).toMatchObject({ availability: "dnd" });
    expect(await seen()).toMatchObject({ availability: "available", text: "focus" });
    await laptop.next("self", ({ availability }) => availability === "available");
  });
});

describe("[PRES-2] contacts hear of changes", () => {
  it("of the whole only, each once, within a second", async () => {
    const laptop = await online(bob);
    await seen();
    const phone = await online(bob);
    await phone.must({ type: "device.idle", idle: true });
    await choose(laptop, "available");
    await nothingMore(watcher);
    const since = performance.now();
    await choose(laptop, "dnd");
    await seen();
    expect(performance.now() - since).toBeLessThan(1_000);
    await nothingMore(watcher);
    expect(await phone.next("self", ({ availability }) => availability === "dnd")).toBeDefined();
  });
});

describe("[PRES-3] a lost socket", () => {
  it("leaves the user as they were for the grace, so that a reload is seen by nobody", async () => {
    const device = newDeviceId();
    const laptop = await online(bob, { device });
    await seen();
    await laptop.lose();
    const back = await online(bob, { device });
    await back.fence();
    await nothingMore(watcher);
  });

  it("[PRES-3] shows the user offline once when the grace is over", async () => {
    const laptop = await online(bob);
    await seen();
    const since = performance.now();
    await laptop.lose();
    expect(await seen()).toMatchObject({ availability: "offline" });
    expect(performance.now() - since).toBeGreaterThan(GRACE_MS * 0.9);
    await nothingMore(watcher);
  });

  it("with a bye there is no grace", async () => {
    const laptop = await online(bob);
    await seen();
    const since = performance.now();
    await laptop.must({ type: "bye" });
    expect(await seen()).toMatchObject({ availability: "offline" });
    expect(performance.now() - since).toBeLessThan(GRACE_MS);
  });
});

describe("[PRES-4] invisible looks exactly like offline", () => {
  it("in presence, in a welcome and in the answer to an invite", async () => {
    const laptop = await online(bob);
    await seen();
    await laptop.must({ type: "bye" });
    const offline = await seen();
    const trulyOffline = await watcher.request({ type: "call.invite", call: newCallId(), to: bob.id, media: "audio" });
    const endedOffline = await watcher.next("call.ended");

    const hidden = await online(bob);
    await seen();
    await choose(hidden, "invisible");
    const invisible = await seen();
    // Their ages may differ, and nothing else: no field comes or goes.
    expect({ ...invisible, since: 0 }).toEqual({ ...offline, since: 0 });
    const answer = await watcher.request({ type: "call.invite", call: newCallId(), to: bob.id, media: "audio" });
    expect(answer.type).toBe(trulyOffline.type);
    const ended = await watcher.next("call.ended");
    expect(ended.reason).toBe(endedOffline.reason);
    expect(ended.reason).toBe("unreachable");
    await hidden.fence();
    expect(hidden.waiting("call.incoming")).toEqual([]);

    const fresh = await online(alice);
    expect(fresh.welcome.contacts).toEqual([expect.objectContaining({ user: bob.id, availability: "offline" })]);
  });

  it("[PRES-4] whatever such a user changes, nobody hears of it", async () => {
    const laptop = await online(bob);
    await seen();
    await choose(laptop, "invisible", "hidden text");
    await seen();
    await laptop.must({ type: "presence.set", text: "another" });
    await laptop.must({ type: "device.idle", idle: true });
    const phone = await online(bob);
    await phone.must({ type: "bye" });
    await nothingMore(watcher);
    expect(JSON.stringify(watcher.waiting())).not.toContain("another");
  });
});

describe("[PRES-5] only contacts accepted by both", () => {
  it("see anything: no stranger and nobody who has only asked", async () => {
    const stranger = await online(carol);
    await carol.call("requestContact", { handle: "bob" });
    const laptop = await online(bob);
    await choose(laptop, "dnd", "secret");
    await nothingMore(stranger);
    expect(stranger.welcome.contacts).toEqual([]);
    const again = await online(carol);
    expect(again.welcome.contacts).toEqual([]);
    await bob.call("declineContact", { user: carol.id });
  });

  it("[PRES-5] both hear of each other when they become contacts, and no more once one has removed the other", async () => {
    const atCarol = await online(carol);
    const atBob = await online(bob);
    await app.befriend(carol, bob);
    expect(await atCarol.next("presence")).toMatchObject({ user: bob.id, availability: "available" });
    expect(await atBob.next("presence", ({ user }) => user === carol.id)).toMatchObject({ availability: "available" });
    await atCarol.next("contacts.changed");
    await bob.call("removeContact", { user: carol.id });
    await atCarol.next("contacts.changed");
    await atCarol.fence();
    const left = atCarol.waiting("presence");
    await choose(atBob, "dnd");
    await atCarol.fence();
    expect(atCarol.waiting("presence")).toEqual(left);
    const invite = await atCarol.request({ type: "call.invite", call: newCallId(), to: bob.id, media: "audio" });
    expect(invite).toMatchObject({ type: "error", code: "not_contact" });
  });
});

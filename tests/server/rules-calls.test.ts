import { MAX_RINGS_PER_CALLEE, type UserId } from "#protocol";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { endOf, ring, talk } from "../support/calls.ts";
import { newCallId, newDeviceId, type HelloOptions, type OnlineClient } from "../support/presence-client.ts";
import { startApp, type AppPerson, type TestApp } from "../support/server-app.ts";

let app: TestApp;
let alice: AppPerson;
let bob: AppPerson;
let carol: AppPerson;
const open: OnlineClient[] = [];

beforeAll(async () => {
  app = await startApp({ env: { SETTLE_MS: "1" } });
  [alice, bob, carol] = await Promise.all([
    app.signUp("Alice Okada"),
    app.signUp("Bob Tanaka"),
    app.signUp("Carol Sato"),
  ]);
  await app.befriend(alice, bob);
});

afterAll(() => app.close());

afterEach(async () => {
  for (const client of open.splice(0))
    if (client.socket.readyState === client.socket.OPEN) await client.must({ type: "bye" });
});

async function online(person: AppPerson, options: Partial<HelloOptions> = {}): Promise<OnlineClient> {
  const client = await person.connect(options);
  open.push(client);
  return client;
}

describe("[CALL-1] the server decides, and tells everyone concerned", () => {
  it("the one who hung up too", async () => {
    const [atAlice, atBob] = [await online(alice), await online(bob)];
    const { call } = await talk(atAlice, bob.id, atBob);
    await atAlice.must({ type: "call.hangup", call });
    expect(await Promise.all([endOf(atAlice, call), endOf(atBob, call)])).toEqual(["hangup", "hangup"]);
  });

  it("[CALL-1] what one device says to the other in a call goes to that device alone, unread", async () => {
    const [atAlice, laptop] = [await online(alice), await online(bob)];
    const { call } = await talk(atAlice, bob.id, laptop);
    const phone = await online(bob);
    const data = { kind: "of a newer client", deep: [{ "": null }] };
    await atAlice.must({ type: "call.signal", call, data });
    expect(await laptop.next("call.signal")).toEqual({ type: "call.signal", call, data });
    await phone.fence();
    expect(phone.waiting("call.signal")).toEqual([]);
  });
});

describe("[CALL-2] only contacts ring each other", () => {
  it("a stranger and someone who does not exist are told alike", async () => {
    const [atAlice, atCarol] = [await online(alice), await online(carol)];
    const invite = (to: UserId) => atAlice.request({ type: "call.invite", call: newCallId(), to, media: "audio" });
    const [stranger, nobody] = [await invite(carol.id), await invite("nobody0000" as UserId)];
    expect(stranger).toMatchObject({ type: "error", code: "not_contact" });
    expect({ ...nobody, re: 0 }).toEqual({ ...stranger, re: 0 });
    await atCarol.fence();
    expect(atCarol.waiting("call.incoming")).toEqual([]);
  });

  it("[CALL-2] rings that nobody answers are limited, and an answer starts the count anew", async () => {
    const [atAlice, atBob] = [await online(alice), await online(bob)];
    await talkAndEnd(atAlice, atBob);
    for (let round = 0; round < MAX_RINGS_PER_CALLEE; round += 1) {
      const { call } = await ring(atAlice, bob.id, [atBob]);
      await atAlice.must({ type: "call.cancel", call });
      await endOf(atBob, call);
    }
    const refused = await atAlice.request({ type: "call.invite", call: newCallId(), to: bob.id, media: "audio" });
    expect(refused).toMatchObject({ type: "error", code: "rate_limited", retryAfter: expect.any(Number) as number });
    await atBob.fence();
    expect(atBob.waiting("call.incoming")).toEqual([]);
    await talkAndEnd(atBob, atAlice, alice.id);
  });
});

async function talkAndEnd(caller: OnlineClient, callee: OnlineClient, to: UserId = bob.id): Promise<void> {
  const { call } = await talk(caller, to, callee);
  await caller.must({ type: "call.hangup", call });
  await Promise.all([endOf(caller, call), endOf(callee, call)]);
}

/** Someone whose rings of earlier tests do not count. */
let people = 0;
async function friendOf(person: AppPerson): Promise<AppPerson> {
  const friend = await app.signUp(`Friend${String((people += 1))} Of`);
  await app.befriend(person, friend);
  return friend;
}

describe("[CALL-3] an invite rings", () => {
  it("every online device, and one that comes online meanwhile with what remains", async () => {
    const caller = await friendOf(bob);
    const atCaller = await online(caller);
    const [laptop, phone] = [await online(bob), await online(bob)];
    const { call, ringing } = await ring(atCaller, bob.id, [laptop, phone], { media: "audio" });
    expect(ringing).toMatchObject({ devices: 2, mode: "loud" });
    const late = await online(bob);
    expect(late.welcome.calls).toEqual([
      expect.objectContaining({
        call,
        state: "incoming",
        from: { user: caller.id, name: caller.name },
        media: "audio",
      }),
    ]);
    const [incoming] = late.welcome.calls;
    const remaining = incoming?.state === "incoming" ? incoming.remaining : 0;
    expect(remaining).toBeLessThan(app.config.spans.ringMs);
    expect(remaining).toBeGreaterThan(app.config.spans.ringMs - 10_000);
    await late.must({ type: "call.alert", call, mode: "silent" });
    expect(await atCaller.next("call.ringing", ({ devices }) => devices === 3)).toMatchObject({ mode: "loud" });
    await atCaller.must({ type: "call.cancel", call });
  });

  it("[CALL-3] a receipt counts once, and the loudest is told", async () => {
    const caller = await friendOf(bob);
    const [atCaller, laptop, phone] = [await online(caller), await online(bob), await online(bob)];
    const { call } = await ring(atCaller, bob.id, [laptop], { mode: "silent" });
    await laptop.must({ type: "call.alert", call, mode: "silent" });
    await phone.must({ type: "call.alert", call, mode: "loud" });
    expect(await atCaller.next("call.ringing", ({ devices }) => devices > 1)).toMatchObject({
      devices: 2,
      mode: "loud",
    });
    await atCaller.must({ type: "call.cancel", call });
  });
});

describe("[CALL-4] the first device to accept has the call", () => {
  it("and the others hear answered-elsewhere at once, and miss nothing", async () => {
    const caller = await friendOf(bob);
    const [atCaller, laptop, phone] = [await online(caller), await online(bob), await online(bob)];
    const { call } = await ring(atCaller, bob.id, [laptop, phone]);
    laptop.send({ type: "call.accept", call });
    expect(await endOf(phone, call)).toBe("answered-elsewhere");
    const [here, there] = await Promise.all([laptop.next("call.accepted"), atCaller.next("call.accepted")]);
    expect(here.ticket).toMatchObject({ self: there.ticket.remote, remote: there.ticket.self });
    const answer = await phone.request({ type: "call.accept", call });
    expect(answer).toMatchObject({ type: "call.ended", reason: "answered-elsewhere" });
    await laptop.must({ type: "call.hangup", call });
    await endOf(atCaller, call);
    const again = await online(bob);
    expect(again.welcome.missed).toBe(laptop.welcome.missed);
  });

  it("[CALL-4] two that accept in the same moment: one wins", async () => {
    const caller = await friendOf(bob);
    const [atCaller, laptop, phone] = [await online(caller), await online(bob), await online(bob)];
    const { call } = await ring(atCaller, bob.id, [laptop, phone]);
    laptop.send({ type: "call.accept", call });
    phone.send({ type: "call.accept", call });
    await atCaller.next("call.accepted");
    const told = await Promise.all(
      [laptop, phone].map((device) =>
        Promise.race([
          device.next("call.accepted").then(() => "accepted"),
          device.next("call.ended").then(({ reason }) => reason),
        ]),
      ),
    );
    expect(told.sort()).toEqual(["accepted", "answered-elsewhere"]);
    await atCaller.fence();
    expect(atCaller.waiting("call.accepted")).toEqual([]);
    await atCaller.must({ type: "call.hangup", call });
  });

  it("[CALL-4] the caller keeps the ids it rang with, and may answer a video call with sound alone", async () => {
    const caller = await friendOf(bob);
    const [atCaller, laptop] = [await online(caller), await online(bob)];
    const { call, ringing } = await ring(atCaller, bob.id, [laptop]);
    laptop.send({ type: "call.accept", call, media: "audio" });
    const accepted = await atCaller.next("call.accepted");
    expect(accepted.media).toBe("audio");
    expect(accepted.ticket).toMatchObject({ self: ringing.ticket.self, remote: ringing.ticket.remote });
    await atCaller.must({ type: "call.hangup", call });
  });
});

describe("[CALL-5] a decline", () => {
  it("ends it everywhere, each told in the right words", async () => {
    const caller = await friendOf(bob);
    const [atCaller, laptop, phone] = [await online(caller), await online(bob), await online(bob)];
    const { call } = await ring(atCaller, bob.id, [laptop, phone]);
    await laptop.must({ type: "call.decline", call });
    expect(await Promise.all([atCaller, laptop, phone].map((device) => endOf(device, call)))).toEqual([
      "declined",
      "declined",
      "declined-elsewhere",
    ]);
  });
});

describe("[CALL-6] glare", () => {
  it("makes one call of two, with the lesser media, and answers to both ids", async () => {
    const caller = await friendOf(bob);
    const [atCaller, atBob] = [await online(caller), await online(bob)];
    const [first, second] = [newCallId(), newCallId()];
    await atCaller.must({ type: "call.invite", call: first, to: bob.id, media: "video" });
    await atBob.next("call.incoming");
    await atBob.must({ type: "call.invite", call: second, to: caller.id, media: "audio" });
    expect(await atBob.next("call.ended")).toMatchObject({ call: second, reason: "merged", into: first });
    const [one, other] = await Promise.all([atCaller.next("call.accepted"), atBob.next("call.accepted")]);
    expect([one.call, other.call, one.media, other.media]).toEqual([first, first, "audio", "audio"]);
    await atBob.must({ type: "call.hangup", call: second });
    expect(await endOf(atCaller, first)).toBe("hangup");
  });
});

describe("[CALL-10] saying it twice is harmless", () => {
  it("accepting: the winner hears call.accepted again, with the same ends", async () => {
    const caller = await friendOf(bob);
    const [atCaller, atBob] = [await online(caller), await online(bob)];
    const { call, atCallee } = await talk(atCaller, bob.id, atBob);
    const again = await atBob.request({ type: "call.accept", call });
    expect(again).toMatchObject({ type: "call.accepted", call });
    expect(again.type === "call.accepted" && again.ticket.self).toBe(atCallee.ticket.self);
    await atCaller.must({ type: "call.hangup", call });
  });

  it("[CALL-10] declining, cancelling and hanging up: ok, and the end is told once", async () => {
    const caller = await friendOf(bob);
    const [atCaller, atBob] = [await online(caller), await online(bob)];
    const declined = await ring(atCaller, bob.id, [atBob]);
    await atBob.must({ type: "call.decline", call: declined.call });
    await atBob.must({ type: "call.decline", call: declined.call });
    const cancelled = await ring(atCaller, bob.id, [atBob]);
    await atCaller.must({ type: "call.cancel", call: cancelled.call });
    await atCaller.must({ type: "call.cancel", call: cancelled.call });
    const talked = await talk(atCaller, bob.id, atBob);
    await atBob.must({ type: "call.hangup", call: talked.call });
    await atBob.must({ type: "call.hangup", call: talked.call });
    await atCaller.must({ type: "call.hangup", call: talked.call });
    await Promise.all([atCaller.fence(), atBob.fence()]);
    for (const device of [atCaller, atBob]) expect(device.waiting("call.ended")).toHaveLength(3);
  });

  it("[CALL-10] a call that never was, or is not theirs, is not found; the wrong side is a conflict", async () => {
    const caller = await friendOf(bob);
    const [atCaller, atBob, stranger] = [await online(caller), await online(bob), await online(carol)];
    const { call } = await ring(atCaller, bob.id, [atBob]);
    const types = ["call.accept", "call.decline", "call.cancel", "call.hangup", "call.rejoin"] as const;
    for (const type of types) {
      expect(await stranger.request({ type, call })).toMatchObject({ type: "error", code: "not_found" });
      expect(await stranger.request({ type, call: newCallId() })).toMatchObject({ type: "error", code: "not_found" });
    }
    expect(await atCaller.request({ type: "call.accept", call })).toMatchObject({ code: "conflict" });
    expect(await atCaller.request({ type: "call.decline", call })).toMatchObject({ code: "conflict" });
    expect(await atBob.request({ type: "call.cancel", call })).toMatchObject({ code: "conflict" });
    await atBob.fence();
    expect(atBob.waiting("call.ended")).toEqual([]);
    await atCaller.must({ type: "call.cancel", call });
  });
});

describe("[CALL-12] after a gap a device falls in with its welcome", () => {
  it("a caller, a callee and both sides of a talk find their call in it", async () => {
    const caller = await friendOf(bob);
    const [callerDevice, bobDevice] = [newDeviceId(), newDeviceId()];
    const atCaller = await online(caller, { device: callerDevice });
    const atBob = await online(bob, { device: bobDevice });
    const { call, ringing } = await ring(atCaller, bob.id, [atBob], { media: "audio" });

    await atCaller.lose();
    const back = await online(caller, { device: callerDevice });
    expect(back.welcome.calls).toMatchObject([
      { call, state: "outgoing", devices: 1, mode: "loud", ticket: { self: ringing.ticket.self } },
    ]);
    // The same invite again is harmless: so a client carries on.
    await back.must({ type: "call.invite", call, to: bob.id, media: "audio" });

    await atBob.lose();
    const bobBack = await online(bob, { device: bobDevice });
    expect(bobBack.welcome.calls).toMatchObject([{ call, state: "incoming", media: "audio" }]);
    bobBack.send({ type: "call.accept", call });
    await Promise.all([back.next("call.accepted"), bobBack.next("call.accepted")]);

    await bobBack.lose();
    const bobAgain = await online(bob, { device: bobDevice });
    const other = await online(bob);
    const running = { call, state: "running", with: { user: caller.id, name: caller.name }, media: "audio" };
    expect(bobAgain.welcome.calls).toMatchObject([{ ...running, here: true }]);
    expect(other.welcome.calls).toMatchObject([{ ...running, here: false }]);
    await back.must({ type: "call.hangup", call });
    expect(await endOf(bobAgain, call)).toBe("hangup");
    const after = await online(caller);
    expect(after.welcome.calls).toEqual([]);
  });
});

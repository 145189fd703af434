import { PEER_KEY, type Ticket } from "#protocol";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { endOf, ring, talk } from "../support/calls.ts";
import { newCallId, newDeviceId, type HelloOptions, type OnlineClient } from "../support/presence-client.ts";
import { startApp, type AppPerson, type TestApp } from "../support/server-app.ts";
import { openSocket, tryUpgrade } from "../support/sockets.ts";
import { nextMillisecond, until } from "../support/until.ts";

const RING_MS = 2_000;
const GRACE_MS = 700;
const ABANDON_MS = 1_500;

let app: TestApp;
let alice: AppPerson;
let bob: AppPerson;
let carol: AppPerson;
let people = 0;
const open: OnlineClient[] = [];

beforeAll(async () => {
  app = await startApp({
    env: {
      RING_MS: String(RING_MS),
      GRACE_MS: String(GRACE_MS),
      ABANDON_MS: String(ABANDON_MS),
      SETTLE_MS: "1",
      STUN_URLS: "stun:stun.example.org:3478",
      TURN_URLS: "turn:turn.example.org:3478",
      TURN_SECRET: "a secret of the relay",
    },
  });
});

afterAll(() => app.close());

beforeAll(async () => {
  carol = await app.signUp("Carol Sato");
});

afterEach(async () => {
  for (const client of open.splice(0)) {
    if (client.socket.readyState !== client.socket.OPEN) continue;
    await client.must({ type: "presence.set", availability: "available" });
    await client.must({ type: "bye" });
  }
});

/** Two people who have never called each other, each online. */
async function pair(): Promise<[OnlineClient, OnlineClient]> {
  people += 1;
  [alice, bob] = await Promise.all([
    app.signUp(`Alice${String(people)} Okada`),
    app.signUp(`Bob${String(people)} Tanaka`),
  ]);
  await app.befriend(alice, bob);
  return [await online(alice), await online(bob)];
}

async function online(person: AppPerson, options: Partial<HelloOptions> = {}): Promise<OnlineClient> {
  const client = await person.connect(options);
  open.push(client);
  return client;
}

function invite(caller: OnlineClient) {
  const call = newCallId();
  return caller.must({ type: "call.invite", call, to: bob.id, media: "video" }).then(() => call);
}

describe("[CALL-3] with little time left", () => {
  it("a device that has not begun to ring does not begin, and one that had goes on", async () => {
    const [atAlice, atBob] = await pair();
    const call = newCallId();
    // Under a quarter of the ring is left.
    await atAlice.must({ type: "call.invite", call, to: bob.id, media: "audio", age: RING_MS * 0.6 });
    await atBob.next("call.incoming");
    await atBob.must({ type: "call.alert", call, mode: "loud" });
    const ended = endOf(atBob, call);
    const remaining = (await atAlice.next("call.ringing")).devices;
    expect(remaining).toBe(1);
    expect(await ended).toBe("no-answer");
    const late = newCallId();
    await atAlice.must({ type: "call.invite", call: late, to: bob.id, media: "audio", age: RING_MS * 0.9 });
    expect(await endOf(atAlice, late)).toBe("no-answer");
    await atBob.fence();
    expect(atBob.waiting("call.incoming")).toEqual([]);
  });
});

describe("[CALL-7] an invite lives as long as the server says", () => {
  it("then it is no-answer to the caller, and a missed call for the callee", async () => {
    const [atAlice, atBob] = await pair();
    const since = performance.now();
    const { call } = await ring(atAlice, bob.id, [atBob]);
    expect(await Promise.all([endOf(atAlice, call), endOf(atBob, call)])).toEqual(["no-answer", "no-answer"]);
    const took = performance.now() - since;
    expect(took).toBeGreaterThan(RING_MS * 0.95);
    expect(took).toBeLessThan(RING_MS * 2);
    expect(await atBob.next("missed")).toMatchObject({ count: 1 });
  });

  it("[CALL-7] the age that a client tells shortens a ring", async () => {
    const [atAlice, atBob] = await pair();
    const call = newCallId();
    const since = performance.now();
    await atAlice.must({ type: "call.invite", call, to: bob.id, media: "audio", age: RING_MS / 2 });
    await endOf(atBob, call);
    expect(performance.now() - since).toBeLessThan(RING_MS * 0.9);
  });

  it("[CALL-7] a cancelled ring is a missed call too, until it is seen", async () => {
    const [atAlice, atBob] = await pair();
    const { call } = await ring(atAlice, bob.id, [atBob]);
    await atAlice.must({ type: "call.cancel", call });
    expect(await endOf(atBob, call)).toBe("cancelled");
    expect(await atBob.next("missed")).toMatchObject({ count: 1 });
    await bob.call("markCallsSeen", {});
    expect(await atBob.next("missed")).toMatchObject({ count: 0 });
  });
});

describe("[CALL-8] an invite to someone who is not there", () => {
  it("waits in the grace for their return", async () => {
    const [atAlice, atBob] = await pair();
    await atBob.lose();
    const call = await invite(atAlice);
    const back = await online(bob, { device: atBob.device });
    expect(back.welcome.calls).toMatchObject([{ call, state: "incoming" }]);
    await atAlice.must({ type: "call.cancel", call });
  });

  it("[CALL-8] and ends as unreachable when they do not come", async () => {
    const [atAlice, atBob] = await pair();
    await atBob.lose();
    const since = performance.now();
    const call = await invite(atAlice);
    expect(await endOf(atAlice, call)).toBe("unreachable");
    expect(performance.now() - since).toBeLessThan(GRACE_MS * 2);
    expect(performance.now() - since).toBeGreaterThan(GRACE_MS * 0.5);
  });

  it("[CALL-8] ends at once where they are offline, and is a missed call that they see at the next sign-in", async () => {
    const [atAlice, atBob] = await pair();
    // Before the bye: a grace would begin with it.
    const since = performance.now();
    await atBob.must({ type: "bye" });
    const call = await invite(atAlice);
    expect(await endOf(atAlice, call)).toBe("unreachable");
    expect(performance.now() - since).toBeLessThan(GRACE_MS);
    const back = await online(bob);
    if (back.welcome.missed === 0) expect(await back.next("missed")).toMatchObject({ count: 1 });
    else expect(back.welcome.missed).toBe(1);
  });

  it("[CALL-8] to someone on do not disturb it is unavailable, silent, and a missed call", async () => {
    const [atAlice, atBob] = await pair();
    await atBob.must({ type: "presence.set", availability: "dnd" });
    const call = await invite(atAlice);
    expect(await endOf(atAlice, call)).toBe("unavailable");
    expect(await atBob.next("missed")).toMatchObject({ count: 1 });
    expect(atBob.waiting("call.incoming")).toEqual([]);
  });
});

describe("[CALL-13] a call that runs", () => {
  it("outlasts a lost socket, and both are given fresh tickets when a page comes back", async () => {
    const [atAlice, atBob] = await pair();
    const { call, atCaller, atCallee } = await talk(atAlice, bob.id, atBob);
    await atBob.lose();
    const back = await online(bob, { device: atBob.device });
    expect(back.welcome.calls).toMatchObject([{ call, state: "running", here: true }]);
    const [here, there] = await Promise.all([
      back.request({ type: "call.rejoin", call }),
      atAlice.next("call.rejoined"),
    ]);
    if (here.type !== "call.rejoined") throw new Error(JSON.stringify(here));
    expect(here.ticket).toMatchObject({ self: there.ticket.remote, remote: there.ticket.self });
    expect([here.ticket.self, there.ticket.self]).not.toContain(atCallee.ticket.self);
    expect((await upgrade(here.ticket)).opened).toBe(true);
    expect(await upgrade(atCallee.ticket)).toMatchObject({ opened: false, status: 401 });
    expect(await upgrade(atCaller.ticket)).toMatchObject({ opened: false, status: 401 });
    const again = await back.request({ type: "call.rejoin", call });
    expect(again.type === "call.rejoined" && again.ticket.self).toBe(here.ticket.self);
    const elsewhere = await online(bob);
    expect(await elsewhere.request({ type: "call.rejoin", call })).toMatchObject({ code: "conflict" });
    await atAlice.must({ type: "call.hangup", call });
  });

  it("[CALL-13] ends as failed when neither side has had a socket for long", async () => {
    const [atAlice, atBob] = await pair();
    const { call } = await talk(atAlice, bob.id, atBob);
    const since = performance.now();
    await Promise.all([atAlice.lose(), atBob.lose()]);
    const outcome = await until("a record", async () =>
      (await alice.call("listCalls", {})).calls.find((one) => one.call === call),
    );
    expect(outcome.outcome).toBe("failed");
    expect(performance.now() - since).toBeGreaterThan(ABANDON_MS * 0.9);
  });
});

describe("[CALL-14] every ended call leaves one record", () => {
  it("that its two people read, each from their side, and nobody else", async () => {
    const [atAlice, atBob] = await pair();
    const { call } = await talk(atAlice, bob.id, atBob, { media: "audio" });
    await atAlice.must({ type: "call.hangup", call });
    await endOf(atBob, call);
    // Two calls of one millisecond stand in no order in the history.
    await nextMillisecond();
    const missed = await invite(atAlice);
    await atAlice.must({ type: "call.cancel", call: missed });
    await endOf(atBob, missed);
    await nextMillisecond();
    const declined = (await ring(atAlice, bob.id, [atBob])).call;
    await atBob.must({ type: "call.decline", call: declined });
    await endOf(atAlice, declined);
    const of = async (person: AppPerson) =>
      until("three records", async () => {
        const { calls } = await person.call("listCalls", {});
        return calls.length >= 3 ? calls : undefined;
      });
    const common = { with: { user: bob.id, name: bob.name }, direction: "out" };
    expect(await of(alice)).toMatchObject([
      { ...common, call: declined, outcome: "declined", media: "video" },
      { ...common, call: missed, outcome: "cancelled" },
      { ...common, call, outcome: "answered", media: "audio" },
    ]);
    const mirrored = { with: { user: alice.id, name: alice.name }, direction: "in" };
    expect(await of(bob)).toMatchObject([
      { ...mirrored, call: declined, outcome: "declined" },
      { ...mirrored, call: missed, outcome: "missed", seen: false },
      { ...mirrored, call, outcome: "answered" },
    ]);
    expect((await carol.call("listCalls", {})).calls).toEqual([]);
  });
});

describe("[CALL-14] [DEC-22] a missed call says to the callee what their devices were doing", () => {
  const missedWhile = (person: AppPerson, call: string) =>
    until("the record", async () => (await person.call("listCalls", {})).calls.find((one) => one.call === call)).then(
      (record) => record.missedWhile,
    );

  it.each(["ringing", "silent"] as const)("%s, and nothing of it to the caller", async (expected) => {
    const [atAlice, atBob] = await pair();
    const { call } = await ring(atAlice, bob.id, [atBob], { mode: expected === "ringing" ? "loud" : "silent" });
    await atAlice.must({ type: "call.cancel", call });
    expect(await missedWhile(bob, call)).toBe(expected);
    expect(await missedWhile(alice, call)).toBeUndefined();
  });

  it("dnd", async () => {
    const [atAlice, atBob] = await pair();
    await atBob.must({ type: "presence.set", availability: "dnd" });
    expect(await missedWhile(bob, await invite(atAlice))).toBe("dnd");
  });

  it("offline", async () => {
    const [atAlice, atBob] = await pair();
    await atBob.must({ type: "bye" });
    expect(await missedWhile(bob, await invite(atAlice))).toBe("offline");
  });
});

describe("the tickets of a call", () => {
  it("let its two sides meet at PeerServer, and carry the operator's ICE servers and no other", async () => {
    const [atAlice, atBob] = await pair();
    const { call, ringing } = await ring(atAlice, bob.id, [atBob]);
    // The caller gets ready while it rings, by the ticket of `call.ringing`.
    const frames: string[] = [];
    await openSocket(peerUrl(ringing.ticket), { onFrame: (frame) => frames.push(frame) });
    atBob.send({ type: "call.accept", call });
    const { ticket } = await atBob.next("call.accepted");
    const calleeSide = await openSocket(peerUrl(ticket));
    calleeSide.send(JSON.stringify({ type: "OFFER", dst: ticket.remote, payload: { sdp: "the offer" } }));
    await until("an offer", () => Promise.resolve(frames.find((frame) => frame.includes("the offer"))));
    expect(ticket.iceServers).toEqual([
      { urls: ["stun:stun.example.org:3478"] },
      {
        urls: ["turn:turn.example.org:3478"],
        username: expect.stringMatching(/^\d{10}:/) as string,
        credential: expect.any(String) as string,
      },
    ]);
    await atAlice.must({ type: "call.hangup", call });
  });

  it("are void once the ring is over", async () => {
    const [atAlice, atBob] = await pair();
    const { call, ringing } = await ring(atAlice, bob.id, [atBob]);
    await atAlice.must({ type: "call.cancel", call });
    expect(await upgrade(ringing.ticket)).toMatchObject({ opened: false, status: 401 });
  });

  it("are given to nobody who did not accept: no callee's address is learnt before", async () => {
    const [atAlice, atBob] = await pair();
    const { call } = await ring(atAlice, bob.id, [atBob]);
    await atBob.fence();
    expect(JSON.stringify(atBob.waiting())).not.toContain("ticket");
    const other = await online(bob, { device: newDeviceId() });
    expect(JSON.stringify(other.welcome)).not.toContain("ticket");
    await atAlice.must({ type: "call.cancel", call });
  });
});

function peerUrl({ peer, self, token }: Ticket): string {
  return `${app.url.replace("http", "ws")}${peer.path}/peerjs?key=${PEER_KEY}&id=${self}&token=${token}`;
}

async function upgrade(ticket: Ticket) {
  const tried = await tryUpgrade(peerUrl(ticket));
  if (tried.opened) tried.socket.close();
  return tried;
}

import { CloseCode, MAX_BAD_MESSAGES, MAX_CLIENT_FRAME_BYTES, type CallId, type ErrorCode } from "#protocol";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { endOf, ring, talk } from "../support/calls.ts";
import { newCallId, PresenceClient, type OnlineClient } from "../support/presence-client.ts";
import { startApp, type AppPerson, type TestApp } from "../support/server-app.ts";

let app: TestApp;
let alice: AppPerson;
let bob: AppPerson;
let mallory: AppPerson;
/** Two who must not notice anything. */
let bystander: OnlineClient;
let callee: OnlineClient;
/** Somebody else's calls. */
let ringing: CallId;
let running: CallId;
let attacker: OnlineClient;

beforeAll(async () => {
  app = await startApp({ env: { SETTLE_MS: "1", RING_MS: "600000" } });
  [alice, bob, mallory] = await Promise.all([
    app.signUp("Alice Okada"),
    app.signUp("Bob Tanaka"),
    app.signUp("Mallory Mori"),
  ]);
  const carol = await app.signUp("Carol Sato");
  await app.befriend(alice, bob, carol);
  bystander = await alice.connect();
  callee = await bob.connect();
  const atCarol = await carol.connect();
  running = (await talk(atCarol, alice.id, bystander)).call;
  ringing = (await ring(await carolsOther(carol), bob.id, [callee])).call;
  attacker = await mallory.connect();
});

/** Carol is in a call on one device, so her ring to Bob comes from nobody in a call: a friend of both. */
async function carolsOther(carol: AppPerson): Promise<OnlineClient> {
  const dave = await app.signUp("Dave Ito");
  await app.befriend(dave, bob, carol);
  return dave.connect();
}

afterAll(() => app.close());

beforeEach(async () => {
  if (attacker.socket.readyState !== attacker.socket.OPEN) attacker = await mallory.connect();
});

/** The others hear nothing of it, and can go on. */
async function othersAreUnharmed(): Promise<void> {
  await Promise.all([bystander.fence(), callee.fence()]);
  for (const other of [bystander, callee])
    expect(other.waiting("call.ended", "call.signal", "call.rejoined", "error")).toEqual([]);
}

const uuid = "11111111-2222-4333-8444-555555555555";
const text = (value: unknown) => JSON.stringify(value);

/** What is sent, and the code and field of the error that must come back. */
type Row = [what: string, frame: () => string | Buffer, code: ErrorCode, field?: string];

const rows: Row[] = [
  ["an empty frame", () => "", "bad_message"],
  ["no JSON", () => "hello", "bad_message"],
  ["half of an object", () => '{"type":"ping"', "bad_message"],
  ["null", () => "null", "bad_message"],
  ["a number", () => "42", "bad_message"],
  ["a text", () => '"ping"', "bad_message"],
  ["a list", () => '[{"type":"ping"}]', "bad_message"],
  ["bytes", () => Buffer.from('{"type":"ping"}'), "bad_message"],
  ["deep nesting", () => "[".repeat(8_000), "bad_message"],
  ["no type", () => text({ id: 1 }), "bad_message", "type"],
  ["a type that is a number", () => text({ type: 1 }), "bad_message", "type"],
  ["a type that is null", () => text({ type: null }), "bad_message", "type"],
  ["an unknown type", () => text({ type: "call.takeover" }), "bad_message", "type"],
  ["a type of the server's", () => text({ type: "welcome" }), "bad_message", "type"],
  ["a type of an object's prototype", () => text({ type: "constructor" }), "bad_message", "type"],
  ["the type __proto__", () => text({ type: "__proto__" }), "bad_message", "type"],
  ["a type in capitals", () => text({ type: "PING" }), "bad_message", "type"],
  ["an unknown field", () => text({ type: "ping", extra: true }), "bad_message", "extra"],
  ["a field that says who speaks", () => text({ type: "ping", from: "alice" }), "bad_message", "from"],
  ["an own __proto__", () => '{"type":"ping","__proto__":{"id":1}}', "bad_message", "__proto__"],
  ["an id of zero", () => text({ type: "ping", id: 0 }), "bad_message", "id"],
  ["a negative id", () => text({ type: "ping", id: -1 }), "bad_message", "id"],
  ["an id with a fraction", () => text({ type: "ping", id: 1.5 }), "bad_message", "id"],
  ["an id that is text", () => text({ type: "ping", id: "1" }), "bad_message", "id"],
  ["an id beyond safe integers", () => '{"type":"ping","id":9007199254740993}', "bad_message", "id"],
  [
    "an unknown availability",
    () => text({ type: "presence.set", availability: "busy" }),
    "bad_message",
    "availability",
  ],
  ["a text that is too long", () => text({ type: "presence.set", text: "x".repeat(141) }), "bad_message", "text"],
  ["a text with control characters", () => text({ type: "presence.set", text: "a\u0000b" }), "bad_message", "text"],
  ["a text that turns others around", () => text({ type: "presence.set", text: "a\u202eb" }), "bad_message", "text"],
  ["a choice that ended already", () => text({ type: "presence.set", until: 0 }), "bad_message", "until"],
  ["a choice without end in numbers", () => text({ type: "presence.set", until: 1e15 }), "bad_message", "until"],
  ["idle that is no boolean", () => text({ type: "device.idle", idle: "yes" }), "bad_message", "idle"],
  ["idle left out", () => text({ type: "device.idle" }), "bad_message", "idle"],
  ["a setting of no kind", () => text({ type: "settings.set", secondCall: "never" }), "bad_message", "secondCall"],
  [
    "an invite without a call",
    () => text({ type: "call.invite", to: alice.id, media: "audio" }),
    "bad_message",
    "call",
  ],
  ["a call that is no UUID", () => text({ type: "call.cancel", call: "x" }), "bad_message", "call"],
  ["a call that is an object", () => text({ type: "call.cancel", call: { uuid } }), "bad_message", "call"],
  [
    "an invite to someone of no possible id",
    () => text({ type: "call.invite", call: uuid, to: "../../etc", media: "audio" }),
    "bad_message",
    "to",
  ],
  [
    "an invite of unknown media",
    () => text({ type: "call.invite", call: uuid, to: alice.id, media: "smell" }),
    "bad_message",
    "media",
  ],
  [
    "an invite of a negative age",
    () => text({ type: "call.invite", call: uuid, to: alice.id, media: "audio", age: -1 }),
    "bad_message",
    "age",
  ],
  ["an alert of unknown mode", () => text({ type: "call.alert", call: uuid, mode: "shrill" }), "bad_message", "mode"],
  ["an accept of unknown media", () => text({ type: "call.accept", call: uuid, media: "all" }), "bad_message", "media"],
  ["a second hello", () => text(helloOf(mallory.account.token)), "conflict"],
  ["an invite to a stranger", () => text(inviteTo(alice.id)), "not_contact"],
  ["an invite to nobody", () => text(inviteTo("nobody0000")), "not_contact"],
  ["an invite to oneself", () => text(inviteTo(mallory.id)), "conflict"],
  ["an invite with a call id of others", () => text({ ...inviteTo(alice.id), call: running }), "conflict"],
  ["an accept of a call that never was", () => text({ type: "call.accept", call: newCallId() }), "not_found"],
  ["a receipt of a call that never was", () => text({ type: "call.alert", call: uuid, mode: "loud" }), "not_found"],
  ["an accept of somebody else's ring", () => text({ type: "call.accept", call: ringing }), "not_found"],
  ["a receipt for somebody else's ring", () => text({ type: "call.alert", call: ringing, mode: "loud" }), "not_found"],
  ["a decline of somebody else's ring", () => text({ type: "call.decline", call: ringing }), "not_found"],
  ["a cancel of somebody else's ring", () => text({ type: "call.cancel", call: ringing }), "not_found"],
  ["a hang-up of somebody else's call", () => text({ type: "call.hangup", call: running }), "not_found"],
  ["a rejoin of somebody else's call", () => text({ type: "call.rejoin", call: running }), "not_found"],
  ["a signal into somebody else's call", () => text({ type: "call.signal", call: running, data: {} }), "not_found"],
  [
    "the id of somebody else's call in capitals",
    () => text({ type: "call.hangup", call: running.toUpperCase() }),
    "not_found",
  ],
];

function helloOf(token: string) {
  return { type: "hello", token, device: { id: uuid, name: "x" } };
}

function inviteTo(to: string) {
  return { type: "call.invite", call: newCallId(), to, media: "audio" };
}

describe("a bad frame gets its named error and harms nobody", () => {
  it("the table is long enough to mean something", () => expect(rows.length).toBeGreaterThanOrEqual(40));

  it.each(rows)("%s", async (_what, frame, code, field) => {
    // Fewer than would close the socket for many bad messages.
    attacker = await renewed();
    attacker.sendRaw(frame());
    const error = await attacker.next("error");
    expect(error).toMatchObject({ code, ...(field === undefined ? {} : { field }) });
    expect(error.message).toMatch(/^[A-Z].*[.]$/);
    await attacker.fence();
    await othersAreUnharmed();
  });

  it("and its number, where it has a readable one", async () => {
    attacker.sendRaw(text({ type: "call.cancel", call: "x", id: 77 }));
    expect(await attacker.next("error")).toMatchObject({ re: 77, code: "bad_message", field: "call" });
  });

  it("the two sides of a call are held to their sides", async () => {
    expect(await callee.request({ type: "call.cancel", call: ringing })).toMatchObject({ code: "conflict" });
    expect(await callee.request({ type: "call.signal", call: ringing, data: 1 })).toMatchObject({ code: "conflict" });
    await othersAreUnharmed();
  });
});

let used = 0;
/** A socket that has not said much that was bad yet. */
async function renewed(): Promise<OnlineClient> {
  if ((used += 1) % (MAX_BAD_MESSAGES / 2) !== 0) return attacker;
  attacker.socket.close();
  return mallory.connect();
}

describe("what closes the socket that sent it, and no other", () => {
  const early: [what: string, frame: () => string | Buffer][] = [
    ["a ping before the hello", () => text({ type: "ping" })],
    ["an invite before the hello", () => text(inviteTo(bob.id))],
    ["no JSON", () => "hello"],
    ["bytes", () => Buffer.from([1, 2, 3])],
    ["a hello without a token", () => text({ type: "hello", device: { id: uuid, name: "x" } })],
    ["a hello with a token that is an object", () => text({ ...helloOf("x"), token: { __type: "File" } })],
    ["a hello without a device", () => text({ type: "hello", token: "r:x" })],
    ["a hello of a device without a UUID", () => text({ ...helloOf("x"), device: { id: "x", name: "x" } })],
    [
      "a hello of a device with a long name",
      () => text({ ...helloOf("x"), device: { id: uuid, name: "x".repeat(65) } }),
    ],
    ["a hello with an unknown field", () => text({ ...helloOf("x"), admin: true })],
    ["a hello that says who it is", () => text({ ...helloOf("x"), user: alice.id })],
    ["a hello with many active calls", () => text({ ...helloOf("x"), active: Array.from({ length: 50 }, claim) })],
    ["a hello with a token of nobody", () => text(helloOf("r:00000000000000000000000000000000"))],
  ];
  const claim = () => ({ call: newCallId(), with: alice.id, age: 0 });

  it.each(early)("too early or no proper hello: %s", async (_what, frame) => {
    const client = await PresenceClient.open(app.url);
    client.sendRaw(frame());
    expect(await client.next("error")).toMatchObject({ code: "unauthorized" });
    expect(await client.closed).toBe(CloseCode.unauthorized);
    await othersAreUnharmed();
  });

  it.each([
    ["one byte over 16 KiB", MAX_CLIENT_FRAME_BYTES + 1],
    ["5 MB", 5_000_000],
  ])("too large: %s", async (_what, size) => {
    const client = await mallory.connect();
    client.sendRaw("x".repeat(size));
    expect(await client.closed).toBe(CloseCode.tooLarge);
    await othersAreUnharmed();
  });

  it("a frame of exactly 16 KiB is read", async () => {
    const client = await mallory.connect();
    const empty = text({ type: "call.signal", call: uuid, data: "" });
    const data = "x".repeat(MAX_CLIENT_FRAME_BYTES - empty.length);
    client.sendRaw(text({ type: "call.signal", call: uuid, data }));
    expect(await client.next("error")).toMatchObject({ code: "not_found" });
    await client.must({ type: "bye" });
  });

  it("too many bad messages: 20 in 10 s", async () => {
    const client = await mallory.connect();
    for (let count = 0; count < MAX_BAD_MESSAGES; count += 1) client.sendRaw("nonsense");
    expect(await client.closed).toBe(CloseCode.badMessages);
    expect(client.waiting("error")).toHaveLength(MAX_BAD_MESSAGES);
    await othersAreUnharmed();
  });

  it("too many messages: an error says how long to wait, then the socket closes", async () => {
    const client = await mallory.connect();
    for (let count = 1; count <= 500; count += 1) client.send({ type: "ping", id: count });
    expect(await client.next("error")).toMatchObject({
      code: "rate_limited",
      retryAfter: expect.any(Number) as number,
    });
    expect(await client.closed).toBe(CloseCode.tooFast);
    await othersAreUnharmed();
  });

  it("reconnecting gives a device no new allowance", async () => {
    const device = attacker.device;
    const first = await mallory.connect({ device });
    for (let count = 1; count <= 500; count += 1) first.send({ type: "ping" });
    expect(await first.closed).toBe(CloseCode.tooFast);
    const second = await mallory.connect({ device });
    for (let count = 1; count <= 60; count += 1) second.send({ type: "ping", id: count });
    expect(await second.next("error")).toMatchObject({ code: "rate_limited" });
    second.socket.terminate();
    await othersAreUnharmed();
  });

  it("a frame in very many pieces, and text that is not UTF-8", async () => {
    const pieces = await mallory.connect();
    for (let piece = 0; piece < 100; piece += 1) pieces.socket.send("x", { fin: false });
    expect(await pieces.closed).toBe(1008);
    const broken = await mallory.connect();
    broken.socket.send(Buffer.from([0xc3, 0x28]), { binary: false });
    expect(await broken.closed).toBe(1007);
    await othersAreUnharmed();
  });

  it("after all that the call goes on, and ends as its people want", async () => {
    await bystander.must({ type: "call.hangup", call: running });
    expect(await endOf(bystander, running)).toBe("hangup");
  });
});

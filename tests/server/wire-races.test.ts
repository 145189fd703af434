import { CloseCode } from "#protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ring } from "../support/calls.ts";
import { newDeviceId, PresenceClient } from "../support/presence-client.ts";
import { startApp, type AppPerson, type TestApp } from "../support/server-app.ts";
import { until } from "../support/until.ts";

/** Each may ring 30 times an hour. [CALL-2] */
const CALLERS = [
  "Alice Okada",
  "Carol Sato",
  "Dan Mori",
  "Erin Ito",
  "Frank Abe",
  "Grace Ono",
  "Heidi Ueda",
  "Ivan Endo",
];
const RACES_OF_EACH = 28;
const SOCKET_RACES = 20;

let app: TestApp;
let bob: AppPerson;
let callers: AppPerson[];

beforeAll(async () => {
  app = await startApp({ env: { SETTLE_MS: "1" } });
  bob = await app.signUp("Bob Tanaka");
  callers = await Promise.all(CALLERS.map((name) => app.signUp(name)));
  for (const caller of callers) await app.befriend(caller, bob);
});

afterAll(() => app.close());

describe("[CALL-4] two devices that accept at once, over real sockets", () => {
  it(`have one winner in each of ${String(CALLERS.length * RACES_OF_EACH)} races, and one record of each`, async () => {
    const won = { laptop: 0, phone: 0 };
    for (const person of callers) {
      // New devices, since each may say only so much.
      const [caller, laptop, phone] = await Promise.all([person.connect(), bob.connect(), bob.connect()]);
      for (let race = 0; race < RACES_OF_EACH; race += 1) {
        const { call } = await ring(caller, bob.id, [laptop, phone]);
        const accept = { type: "call.accept", call } as const;
        const order = race % 2 === 0 ? [laptop, phone] : [phone, laptop];
        const answers = await Promise.all(order.map((device) => device.request(accept)));
        expect(answers.map(({ type }) => type).sort()).toEqual(["call.accepted", "call.ended"]);
        const lost = answers.find(({ type }) => type === "call.ended");
        expect(lost).toMatchObject({ reason: "answered-elsewhere" });
        won[(answers[0]?.type === "call.accepted") === (order[0] === laptop) ? "laptop" : "phone"] += 1;
        await caller.next("call.accepted", (told) => told.call === call);
        await caller.must({ type: "call.hangup", call });
        await Promise.all([caller, laptop, phone].map((device) => device.fence()));
        for (const device of [caller, laptop, phone]) {
          expect(device.waiting("call.accepted", "call.incoming")).toEqual([]);
          for (const told of device.waiting("call.ended")) await device.next("call.ended", (one) => one === told);
        }
      }
      expect(laptop.waiting("missed")).toEqual([]);
      for (const device of [caller, laptop, phone]) await device.must({ type: "bye" });
      const records = await until("records", async () => {
        const { calls } = await person.call("listCalls", { limit: 100 });
        return calls.length === RACES_OF_EACH ? calls : undefined;
      });
      expect(new Set(records.map(({ outcome }) => outcome))).toEqual(new Set(["answered"]));
    }
    console.log(`won by the laptop ${String(won.laptop)} times, by the phone ${String(won.phone)} times`);
  });
});

describe("[CONN-3] three sockets of one device that say hello at once", () => {
  it(`leave one, in each of ${String(SOCKET_RACES)} races, and nobody sees a change`, async () => {
    const [alice] = callers;
    const watcher = await alice!.connect();
    const device = newDeviceId();
    const first = await bob.connect({ device });
    await watcher.next("presence", ({ availability }) => availability === "available");
    let last: PresenceClient = first;
    for (let race = 0; race < SOCKET_RACES; race += 1) {
      const three = await Promise.all([1, 2, 3].map(() => PresenceClient.open(app.url, { device })));
      const ends = Promise.all(
        three.map((socket) => Promise.race([socket.closed, survives(socket, [...three, last])])),
      );
      for (const socket of three) socket.hello({ token: bob.account.token });
      expect(await last.closed).toBe(CloseCode.replaced);
      const codes = await ends;
      expect(codes.toSorted()).toEqual([CloseCode.replaced, CloseCode.replaced, "survives"].toSorted());
      last = three[codes.indexOf("survives")]!;
      await last.fence();
    }
    await watcher.fence();
    expect(watcher.waiting("presence")).toEqual([]);
    await last.request({ type: "bye" });
    await watcher.must({ type: "bye" });
  });

  /** Resolves once every other socket has closed and this one has not. */
  async function survives(socket: PresenceClient, all: PresenceClient[]): Promise<string> {
    await Promise.all(all.filter((other) => other !== socket).map(({ closed }) => closed));
    return "survives";
  }
});

import { describe, expect, it } from "vitest";
import { Random } from "../../support/simulation/random.ts";
import { call, type Heard, type Seat, Stage } from "./stage.ts";

const RACES = 10_000;

describe("[CALL-4] two devices that accept at once", () => {
  it(`have one winner in each of ${String(RACES)} races, the other hears so at once, and the record says it once`, () => {
    for (let seed = 0; seed < RACES; seed += 1) race(seed);
  });
});

/** Receipts and accepts of both devices, some of them twice, in an order of chance. */
function race(seed: number): void {
  const random = new Random(seed);
  const stage = new Stage();
  stage.friends("alice", "bob");
  const alice = stage.join("alice");
  const devices = [stage.join("bob", "laptop"), stage.join("bob", "phone")];
  alice.invites("bob");
  const acts = devices.flatMap((device) => {
    const accepts = random.chance(0.3) ? 2 : 1;
    const accept = () => void device.says("call.accept", { call: call("c1") });
    const alert = () => void device.says("call.alert", { call: call("c1"), mode: "loud" });
    return [alert, ...Array.from({ length: accepts }, () => accept)].map((act) => ({ act, turn: random.next() }));
  });
  for (const { act } of acts.sort((one, other) => one.turn - other.turn)) act();

  const heard = devices.map(newsOf);
  const winner = heard.findIndex((news) => news.some(({ type }) => type === "call.accepted"));
  const loser = heard[1 - winner];
  expect([seed, heard.flat().filter(isFirstAccepted).length]).toEqual([seed, 1]);
  expect([seed, loser?.find(({ type }) => type === "call.ended")?.reason]).toEqual([seed, "answered-elsewhere"]);
  expect([seed, alice.heard().filter(({ type }) => type === "call.accepted").length]).toEqual([seed, 1]);
  alice.says("call.hangup", { call: call("c1") });
  expect([seed, stage.records.map(({ outcomes }) => outcomes)]).toEqual([
    seed,
    [{ caller: "answered", callee: "answered" }],
  ]);

  /** A repeated accept is answered as the first was. [CALL-10] */
  function isFirstAccepted(message: Heard, at: number, all: Heard[]): boolean {
    return message.type === "call.accepted" && all.findIndex(({ type }) => type === "call.accepted") === at;
  }
}

function newsOf(device: Seat): Heard[] {
  return device.heard().filter(({ type }) => type === "call.accepted" || type === "call.ended");
}

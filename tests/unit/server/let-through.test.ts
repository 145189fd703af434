import { beforeEach, describe, expect, test } from "vitest";
import type { Choice } from "#protocol";
import { call, Stage, user, type Seat } from "./stage.ts";

let stage: Stage;
let alice: Seat;
let bob: Seat;
let carol: Seat;

const c1 = call("c1");
const letsThrough = (...names: string[]) => ({ letThrough: names.map(user) });

beforeEach(() => {
  stage = new Stage();
  stage.friends("alice", "bob", "carol");
  alice = stage.join("alice");
  bob = stage.join("bob");
  carol = stage.join("carol");
  bob.says("settings.set", letsThrough("alice", "nobody"));
  for (const seat of [alice, bob, carol]) seat.heard();
});

describe("chosen contacts", () => {
  test("[CALL-8] ring through dnd, and see dnd all the same; the others do not ring", () => {
    bob.says("presence.set", { availability: "dnd" });
    expect(alice.heard()).toMatchObject([{ type: "presence", user: "bob", availability: "dnd" }]);
    bob.heard();
    expect(alice.invites("bob")).toEqual([{ type: "ok" }]);
    expect(bob.heard()).toMatchObject([{ type: "call.incoming", call: "c1" }]);
    expect(stage.join("bob", "phone").heard()[0]?.["calls"]).toMatchObject([{ call: "c1", state: "incoming" }]);
    expect(carol.invites("bob", "c2")).toMatchObject([{ type: "ok" }, { call: "c2", reason: "unavailable" }]);
    expect(alice.heard()).toEqual([]);
  });

  test.each<[Choice, string[]]>([
    ["available", []],
    ["away", []],
    ["dnd", ["c2"]],
    ["invisible", ["c1", "c2"]],
  ])("[CALL-8] [PRES-4] [DEC-5] a choice of %s while both ring ends %j", (availability, over) => {
    alice.invites("bob");
    carol.invites("bob", "c2");
    bob.says("presence.set", { availability });
    expect(stage.records.map((record) => record.call)).toEqual(over);
  });

  test("[CALL-8] [PRES-4] reach nobody who is invisible or offline", () => {
    bob.says("presence.set", { availability: "invisible" });
    expect(alice.invites("bob")).toMatchObject([{ type: "ok" }, { reason: "unreachable" }]);
    bob.says("presence.set", { availability: "dnd" });
    bob.says("bye", {});
    expect(alice.invites("bob", "c2")).toMatchObject([{ type: "ok" }, { reason: "unreachable" }]);
  });

  test("[CALL-8] [DEC-5] who is taken off the list while they ring through dnd is unavailable", () => {
    bob.says("presence.set", { availability: "dnd" });
    alice.invites("bob");
    bob.heard();
    expect(bob.asks("settings.set", letsThrough("carol"))).toMatchObject([
      { type: "ok" },
      { type: "call.ended", call: "c1", reason: "unavailable" },
      { type: "self", settings: letsThrough("carol") },
    ]);
    expect(stage.records).toMatchObject([
      { outcomes: { caller: "unavailable", callee: "missed" }, missedWhile: "dnd" },
    ]);
  });

  test("[CALL-8] [CALL-9] wait, or are busy, where the one on dnd is in a call", () => {
    carol.invites("bob", "c2");
    bob.says("call.accept", { call: call("c2") });
    bob.says("presence.set", { availability: "dnd" });
    bob.heard();
    alice.invites("bob");
    expect(bob.heard()).toMatchObject([{ type: "call.incoming", call: "c1", waiting: true }]);
    bob.says("settings.set", { secondCall: "busy" });
    expect(stage.records).toMatchObject([{ call: "c1", reason: "busy" }]);
  });

  test("[CALL-2] are still contacts, or nothing", () => {
    stage.unfriend("alice", "bob");
    bob.says("presence.set", { availability: "dnd" });
    expect(alice.invites("bob")).toMatchObject([{ type: "error", code: "not_contact" }]);
    expect(bob.asks("call.accept", { call: c1 })).toMatchObject([{ code: "not_found" }]);
  });

  test("[DEC-39] leave the list with the contact, on every device, also where the person is away; and are not let in again", () => {
    bob.says("settings.set", { favourites: [user("alice"), user("carol")] });
    const phone = stage.join("bob", "phone");
    for (const seat of [alice, bob, phone]) seat.heard();
    stage.unfriend("alice", "bob");
    const settings = { showBusy: true, secondCall: "wait", letThrough: ["nobody"], favourites: ["carol"] };
    for (const seat of [bob, phone]) expect(seat.heard()).toMatchObject([{ type: "self", settings }]);
    expect(alice.heard()).toEqual([]);
    stage.befriend("alice", "bob");
    bob.says("presence.set", { availability: "dnd" });
    alice.heard();
    expect(alice.invites("bob")).toMatchObject([{ type: "ok" }, { reason: "unavailable" }]);
    expect(bob.comesBack()[0]).toMatchObject({ settings });
  });

  test("[CALL-8] are kept: after a restart they ring through at once", () => {
    bob.says("presence.set", { availability: "dnd" });
    stage.restart();
    bob.comesBack();
    alice.comesBack();
    expect(alice.invites("bob")).toEqual([{ type: "ok" }]);
    expect(bob.heard().at(-1)).toMatchObject({ type: "call.incoming" });
  });
});

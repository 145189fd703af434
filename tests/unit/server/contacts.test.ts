import { beforeEach, describe, expect, test } from "vitest";
import { aliceAndBob, told } from "./alice-and-bob.ts";
import { call, type Stage, type Seat } from "./stage.ts";

let stage: Stage;
let alice: Seat;
let bob: Seat;

const c1 = call("c1");

beforeEach(() => {
  ({ stage, alice, bob } = aliceAndBob());
});

describe("who sees whom", () => {
  test("[PRES-5] strangers hear nothing of each other", () => {
    const eve = stage.join("eve");
    eve.heard();
    bob.says("presence.set", { availability: "dnd" });
    expect(eve.heard()).toEqual([]);
    expect(eve.comesBack()[0]?.["contacts"]).toEqual([]);
  });

  test("[PRES-5] two people who become contacts are told of each other, once", () => {
    const carol = stage.join("carol");
    carol.heard();
    stage.pass(3_000);
    stage.befriend("bob", "carol");
    stage.befriend("bob", "carol");
    expect(carol.heard()).toEqual([told("available", { since: 3_000 })]);
    expect(bob.heard()).toEqual([{ ...told("available", { since: 3_000 }), user: "carol" }]);
  });

  test("[PRES-4] [PRES-5] a new contact who is invisible is told as offline", () => {
    const carol = stage.join("carol");
    carol.says("presence.set", { availability: "invisible", text: "secret" });
    carol.says("bye", {});
    const absent = stage.befriend("bob", "carol");
    stage.unfriend("bob", "carol");
    carol.comesBack();
    expect(stage.befriend("bob", "carol")[0]).toEqual(absent[0]);
  });

  test("[PRES-5] [DEC-15] after a removal no frame goes either way, and the ring between them ends", () => {
    alice.invites("bob");
    stage.unfriend("alice", "bob");
    expect(alice.heard()).toMatchObject([{ type: "call.ended", reason: "unreachable" }]);
    bob.heard();
    bob.says("presence.set", { availability: "dnd" });
    alice.says("presence.set", { availability: "dnd" });
    expect(alice.heard().filter(({ type }) => type === "presence")).toEqual([]);
    expect(bob.heard().filter(({ type }) => type === "presence")).toEqual([]);
    expect(alice.invites("bob", "c2", { id: 1 })).toMatchObject([{ code: "not_contact", re: 1 }]);
  });

  test("[DEC-15] a call that already talks goes on when its people are contacts no longer", () => {
    alice.invites("bob");
    bob.says("call.accept", { call: c1 });
    stage.unfriend("alice", "bob");
    expect(stage.records).toEqual([]);
    expect(alice.comesBack()[0]?.["calls"]).toMatchObject([{ state: "running", with: { user: "bob", name: "BOB" } }]);
    expect(bob.asks("call.hangup", { call: c1 })).toMatchObject([{ type: "ok" }, { reason: "hangup" }]);
  });

  test("[PRES-5] who is named by one list alone is nobody's contact", () => {
    stage.person("eve").contacts.push({ id: bob.user, name: "BOB" });
    const eve = stage.join("eve");
    expect(eve.heard()[0]?.["contacts"]).toEqual([{ user: "bob", availability: "offline" }]);
    expect(eve.invites("bob")).toMatchObject([{ code: "not_contact" }]);
    bob.says("presence.set", { text: "secret" });
    eve.says("presence.set", { availability: "dnd" });
    expect(eve.heard().filter(({ type }) => type === "presence")).toEqual([]);
    expect(bob.heard().filter(({ type }) => type === "presence")).toEqual([]);
  });

  test("news of the account reach every device of its owner", () => {
    const phone = stage.join("bob", "phone");
    phone.heard();
    stage.handle({ type: "contacts-changed", of: bob.user, user: alice.user });
    stage.handle({ type: "missed", of: bob.user, count: 3 });
    stage.handle({ type: "missed", of: bob.user, count: 3 });
    const news = [
      { type: "contacts.changed", user: "alice" },
      { type: "missed", count: 3 },
    ];
    expect(bob.heard()).toEqual(news);
    expect(phone.heard()).toEqual(news);
    expect(phone.comesBack()[0]).toMatchObject({ missed: 3 });
  });
});

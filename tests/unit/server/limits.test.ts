import { beforeEach, describe, expect, test } from "vitest";
import { call, Stage, user, type Seat } from "./stage.ts";

let stage: Stage;
let alice: Seat;
let bob: Seat;
let count = 0;

const MINUTE = 60_000;

beforeEach(() => {
  stage = new Stage();
  stage.friends("alice", "bob", "carol");
  alice = stage.join("alice");
  bob = stage.join("bob");
});

function ring(to = "bob") {
  const id = `ring-${String(++count)}`;
  return { id: call(id), heard: alice.invites(to, id) };
}

function cancelled() {
  alice.says("call.cancel", { call: ring().id });
}

describe("who may ring whom", () => {
  test("[CALL-2] a stranger, someone who does not exist and a mere request are all not_contact, word for word", () => {
    stage.join("eve");
    const answers = ["eve", "nobody"].map((to) => alice.invites(to, `to-${to}`, { id: 1 }));
    expect(answers[0]).toMatchObject([{ type: "error", re: 1, code: "not_contact" }]);
    expect(answers[1]).toEqual(answers[0]);
    expect(stage.records).toEqual([]);
  });

  test("[DEC-6] [DEC-7] who calls themself, or places a second call, is told what to do instead", () => {
    expect(alice.invites("alice")).toMatchObject([
      { code: "conflict", message: expect.stringContaining("contacts") as string },
    ]);
    ring();
    expect(ring("carol").heard).toMatchObject([
      { code: "conflict", message: expect.stringContaining("end it") as string },
    ]);
    expect(stage.join("alice", "phone").invites("carol", "c9")).toMatchObject([{ code: "conflict" }]);
  });
});

describe("how often", () => {
  test("[CALL-2] the sixth ring of one callee within 10 minutes of five cancelled ones is refused", () => {
    for (let n = 0; n < 5; n++) {
      cancelled();
      stage.pass(MINUTE);
    }
    expect(ring().heard).toMatchObject([{ type: "error", code: "rate_limited", retryAfter: 5 * MINUTE }]);
    expect(ring("carol").heard).toMatchObject([{ type: "ok" }, { reason: "unreachable" }]);
    stage.pass(5 * MINUTE - 1);
    expect(ring().heard).toMatchObject([{ code: "rate_limited", retryAfter: 1 }]);
    stage.pass(1);
    expect(ring().heard).toMatchObject([{ type: "ok" }]);
  });

  test("[CALL-2] rings that nobody answered count as well, from their end", () => {
    for (let n = 0; n < 5; n++) {
      ring();
      stage.pass(45_000);
    }
    expect(ring().heard).toMatchObject([{ code: "rate_limited", retryAfter: 10 * MINUTE - 4 * 45_000 }]);
  });

  test.each(["call.accept", "call.decline"] as const)("[CALL-2] %s starts the count anew", (answer) => {
    for (let n = 0; n < 4; n++) cancelled();
    const { id } = ring();
    bob.says(answer, { call: id });
    alice.says("call.hangup", { call: id });
    for (let n = 0; n < 5; n++) cancelled();
    expect(ring().heard).toMatchObject([{ code: "rate_limited" }]);
  });

  test("[CALL-2] [DEC-13] rings that ended in any other way do not count for the pair", () => {
    bob.says("bye", {});
    for (let n = 0; n < 6; n++) expect(ring().heard).toMatchObject([{ type: "ok" }, { reason: "unreachable" }]);
  });

  test("[CALL-2] the limit outlives the caller's sockets", () => {
    for (let n = 0; n < 5; n++) cancelled();
    alice.says("bye", {});
    alice.comesBack();
    expect(ring().heard).toMatchObject([{ code: "rate_limited", retryAfter: 10 * MINUTE }]);
  });

  test("[CALL-2] the 31st ring of a caller within an hour is refused, whoever it is to", () => {
    for (let n = 0; n < 30; n++) {
      ring("carol");
      stage.pass(MINUTE);
    }
    expect(ring().heard).toMatchObject([{ code: "rate_limited", retryAfter: 30 * MINUTE }]);
    stage.pass(30 * MINUTE);
    expect(ring().heard).toMatchObject([{ type: "ok" }]);
  });

  test("[CALL-2] the same invite again is no further ring, and neither is one that answers the other's", () => {
    const { id } = ring();
    for (let n = 0; n < 40; n++) alice.says("call.invite", { call: id, to: user("bob"), media: "video" });
    alice.says("call.cancel", { call: id });
    for (let n = 0; n < 4; n++) cancelled();
    bob.says("call.invite", { call: call("theirs"), to: user("alice"), media: "video" });
    expect(ring().heard).toMatchObject([{ type: "ok" }, { reason: "merged", into: "theirs" }, {}, {}]);
  });
});

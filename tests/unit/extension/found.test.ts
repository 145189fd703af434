import { describe, expect, it } from "vitest";
import { accepted, bob, callId, calling, ended, incoming, NOW, online, ringing, ticket } from "./given.ts";

const running = { state: "running", with: bob, media: "video", here: true, age: 5_000 } as const;

describe("what the simulation found", () => {
  it("hangs up where an accept comes for a call that it lost [seed 24254]", () => {
    expect(online().hears(accepted(7)).sent).toMatchObject([{ type: "call.hangup", call: callId(7) }]);
  });

  it("cancels an invite of its own that it lost with its browser [seed 24254]", () => {
    const calls = [
      { call: callId(7), state: "outgoing" as const, devices: 1, mode: "loud" as const, ticket: ticket("lost") },
    ];
    expect(online().loses().returns({ calls }).sent).toMatchObject([{ type: "call.cancel", call: callId(7) }]);
  });

  it("[CALL-12] answers again where a restarted server rings for what it has answered [seed 1198]", () => {
    const alice = ringing()
      .on({ type: "accept-call", call: callId(2), media: "video" })
      .hears(accepted(2));
    const calls = [
      { call: callId(2), state: "incoming" as const, from: bob, media: "video" as const, remaining: 30_000 },
    ];
    alice.loses().returns({ calls, settling: 30_000 });
    expect(alice.sent).toMatchObject([{ type: "call.accept", call: callId(2) }]);
    expect(alice.call).toMatchObject({ at: "joining" });
  });

  it("[CONN-2] counts on the answer to a request, long before the line's silence tells [seed 613]", () => {
    const alice = ringing().on({ type: "accept-call", call: callId(2), media: "video" });
    expect(alice.after(8_000, { type: "due" }).did).toContain("close-socket");
  });

  it("[CALL-6] does not begin to ring for the merged call when its talk is over [seed 4569]", () => {
    const alice = calling().hears(incoming(2, bob), ended(1, "merged", 2), accepted(2));
    expect(alice.hears(ended(2, "hangup")).call).toMatchObject({ at: "ended", reason: "hangup" });
    expect(alice.signedIn.others).toEqual([]);
  });

  it("[CONN-3] comes back where its own dead socket came in after it [seed 52325]", () => {
    const alice = calling().loses().on({ type: "retry-now" }, { type: "socket-opened", socket: 2 });
    alice.on({ type: "socket-closed", socket: 2, code: 4409 });
    expect(alice.signedIn.connection.line).toMatchObject({ at: "waiting", why: "network" });
    expect(alice.now).toBe(NOW);
  });

  it("[CALL-6] lets go of a call of its own that it lost, and took for glare [seed 113765]", () => {
    const alice = calling()
      .loses()
      .returns({ calls: [{ ...running, call: callId(7) }] });
    expect(alice.sent).toMatchObject([{ type: "call.accept", call: callId(7) }]);
    const re = alice.call.at === "accepting" ? alice.call.request : 0;
    alice.hears({ type: "error", re, code: "conflict", message: "Only the callee can answer this call." });
    expect(alice.call).toMatchObject({ at: "ended", reason: "lost" });
    expect(alice.sent).toMatchObject([{ type: "call.hangup", call: callId(7) }]);
  });
});

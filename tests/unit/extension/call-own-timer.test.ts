import { describe, expect, it } from "vitest";
import { accepted, callId, calling } from "./given.ts";

/** Alice's call to Bob at the end of her own timer, with the line still standing. */
function givenUp() {
  return calling().after(40_000).hears({ type: "pong" }).after(7_000, { type: "due" });
}

describe("the caller's own timer", () => {
  it("[CALL-7] cancels, so that nobody rings on where an operator's ring is longer", () => {
    const alice = givenUp();
    expect(alice.call).toMatchObject({ at: "ended", reason: "no-answer" });
    expect(alice.sent).toMatchObject([{ type: "call.cancel", call: callId(1) }]);
  });

  it("[CALL-12] owes the cancel until the server has confirmed it", () => {
    const cancel = { type: "call.cancel", call: callId(1) };
    const alice = givenUp().loses().returns();
    expect(alice.sent).toMatchObject([cancel]);
    const request = alice.signedIn.owed[0]?.request ?? 0;
    expect(alice.hears({ type: "ok", re: request }).loses().returns().sent).toEqual([]);
  });

  it("[CALL-10] asks for no second ending where an accept crossed the cancel, which then hangs up", () => {
    const alice = givenUp().hears(accepted(1));
    expect(alice.sent).toEqual([]);
    expect(alice.call).toMatchObject({ at: "ended", reason: "no-answer" });
    expect(alice.signedIn.owed).toMatchObject([{ type: "call.cancel", call: callId(1) }]);
  });
});

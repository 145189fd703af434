import { describe, expect, it } from "vitest";
import { PlayedCall } from "./quality-given.ts";

const theirsWeak = { weak: true, paused: false };
const theirsWell = { weak: false, paused: false };
/** A call that has gone well for so long that nothing of its beginning counts any more. */
const inCall = () => new PlayedCall().play(20);

describe("the verdict on the line", () => {
  it("is none for the first seconds, and then good", () => {
    const call = new PlayedCall();
    expect(call.play(3).view.verdict).toBe("measuring");
    expect(call.play(1).view.verdict).toBe("good");
    expect(call.view.wasWeak).toBe(false);
  });

  it("takes no offence at how little a browser may send before it has found out", () => {
    expect(
      new PlayedCall()
        .play(7, { roomBps: 90_000 })
        .play(5)
        .shown.map(({ verdict }) => verdict),
    ).toEqual(["measuring", "good"]);
  });

  it.each([
    { name: "loss of what is sent is ours", second: { lostSent: 0.15 }, verdict: "weak-ours" },
    { name: "too little room for the picture is ours", second: { roomBps: 100_000 }, verdict: "weak-ours" },
    {
      name: "room enough for sound alone is well where no picture is sent",
      second: { roomBps: 100_000, ownPicture: false },
      verdict: "good",
    },
    { name: "loss of what comes may be anybody's", second: { lostArriving: 0.15 }, verdict: "weak" },
    { name: "sound with gaps may be anybody's", second: { gaps: 0.2 }, verdict: "weak" },
    { name: "silence of the line may be anybody's", second: { isDown: true }, verdict: "weak" },
    { name: "a long way may be anybody's", second: { roundTripMs: 900 }, verdict: "weak" },
    {
      name: "what is bad in both directions may be anybody's",
      second: { lostSent: 0.15, lostArriving: 0.15 },
      verdict: "weak",
    },
    { name: "a little loss is well", second: { lostSent: 0.01, lostArriving: 0.01 }, verdict: "good" },
    { name: "what a browser does not tell is no trouble", second: { roomBps: undefined }, verdict: "good" },
  ])("$name", ({ second, verdict }) => {
    expect(inCall().play(15, second).view.verdict).toBe(verdict);
  });

  it("is their network where they say so and what we send gets through", () => {
    const call = inCall().hear(theirsWeak);
    expect(call.play(1).view.verdict).toBe("weak-theirs");
    expect(call.play(15, { lostArriving: 0.15 }).view.verdict).toBe("weak-theirs");
    expect(call.hear(theirsWell).play(20).view.verdict).toBe("good");
    expect(call.view.wasWeak).toBe(true);
  });

  it("is nobody's in particular where both sides say so", () => {
    expect(inCall().hear(theirsWeak).play(15, { lostSent: 0.15 }).view.verdict).toBe("weak");
  });

  it("comes after some seconds of trouble and goes after more of peace", () => {
    const call = inCall();
    expect(call.play(2, { roundTripMs: 900 }).view.verdict).toBe("good");
    expect(call.play(2, { roundTripMs: 900 }).view.verdict).toBe("weak");
    expect(call.play(8).view.verdict).toBe("weak");
    expect(call.play(1).view.verdict).toBe("good");
  });

  it("stays through moments that are neither bad nor well, and does not come of them", () => {
    expect(inCall().play(30, { roundTripMs: 500 }).view.verdict).toBe("good");
    expect(inCall().play(6, { roundTripMs: 900 }).play(30, { roundTripMs: 500 }).view.verdict).toBe("weak");
  });

  it("is weak for as long as the picture is not sent in full", () => {
    const call = inCall().play(9, { lostSent: 0.2 });
    expect(call.state.ladder.step).toBe("smaller");
    expect(call.play(17).view.verdict).toBe("weak-ours");
    expect(call.state.sending.is).toBe(false);
    expect(call.play(20).view).toMatchObject({ verdict: "good", ownPicture: "full" });
  });

  it("begins anew with another connection, and forgets what the other side said on the former", () => {
    const call = inCall().hear({ weak: true, paused: true }).play(2);
    call.happen({ type: "connected", at: call.at });
    expect(call.view).toMatchObject({ verdict: "measuring", theirPicturePaused: false });
    // Its counters begin at nothing.
    expect(call.play(6).view.verdict).toBe("good");
  });
});

describe("what is said to the other side", () => {
  const said = (call: PlayedCall) => call.effects.flatMap((effect) => (effect.type === "say" ? [effect.word] : []));

  it("is that what this side sends gets through badly, once, and that it is well again", () => {
    const call = inCall().play(15, { roomBps: 100_000, ownPicture: true });
    expect(said(call)).toEqual([{ weak: true, paused: false }]);
    expect(said(call.play(60))).toEqual([
      { weak: true, paused: false },
      { weak: false, paused: false },
    ]);
  });

  it("is nothing of what comes badly: that the other side measures itself", () => {
    expect(said(inCall().play(15, { lostArriving: 0.2, roundTripMs: 900 }))).toEqual([]);
  });

  it("is that the picture is paused, but not where the person has switched the camera off", () => {
    const call = inCall().play(40, { lostSent: 0.3 });
    expect(call.view.ownPicture).toBe("paused");
    expect(said(call).at(-1)).toEqual({ weak: true, paused: true });
    call.play(1, { ownPicture: false, lostSent: 0.3 });
    expect(said(call).at(-1)).toEqual({ weak: true, paused: false });
    expect(call.view.ownPicture).toBe("full");
  });

  it("is said again when the channel for words is open anew", () => {
    const call = inCall();
    call.happen({ type: "line-open" });
    expect(said(call)).toEqual([{ weak: false, paused: false }]);
  });
});

describe("the steps of the own picture", () => {
  const limits = (call: PlayedCall) =>
    call.effects.flatMap((effect) => (effect.type === "limit-picture" ? [effect.step] : []));

  it("are told to the connection, down to none, and back up", () => {
    const call = inCall().play(40, { lostSent: 0.3 });
    expect(limits(call)).toEqual(["smaller", "smallest", "paused"]);
    expect(limits(call.play(90))).toEqual(["smaller", "smallest", "paused", "smallest", "smaller", "full"]);
    expect(call.view).toMatchObject({ verdict: "good", ownPicture: "full" });
  });

  it("stay where they are through an interruption, whose loss the other side reports after it", () => {
    const call = inCall().play(3, { isDown: true, lostSent: 0.9 });
    call.happen({ type: "returned", at: call.at });
    expect(limits(call.play(5, { lostSent: 0.98 }).play(60))).toEqual([]);
    expect(call.view.verdict).toBe("good");
  });

  it("take what was so before an interruption for no proof of what is after it", () => {
    const call = inCall().play(2, { roundTripMs: 900 });
    call.at += 20_000;
    call.happen({ type: "returned", at: call.at });
    expect(call.play(2, { roundTripMs: 900 }).view.verdict).toBe("good");
  });

  it("go down where it goes on badly some seconds after an interruption", () => {
    const call = inCall();
    call.happen({ type: "returned", at: call.at });
    expect(limits(call.play(5, { lostSent: 0.3 }))).toEqual([]);
    expect(limits(call.play(6, { lostSent: 0.3 }))).toEqual(["smaller"]);
  });

  it("go on where they were on another connection", () => {
    const call = inCall().play(8, { lostSent: 0.3 });
    call.effects.length = 0;
    call.happen({ type: "connected", at: call.at });
    expect(call.effects).toEqual([{ type: "limit-picture", step: "smaller" }]);
  });
});

describe("the figures", () => {
  it("hold what the connection tells, and of a picture only where there is a camera's", () => {
    const { figures } = inCall().play(30, { lostArriving: 0.1 }).view;
    expect(figures).toMatchObject({
      roundTripMs: 40,
      relayed: false,
      soundCodec: "opus",
      theirPicture: { width: 1280, height: 720, perSecond: 30 },
    });
    expect(figures.lostArriving).toBeCloseTo(0.1, 2);
    expect(figures.lostSent).toBe(0);
    expect(inCall().play(1, { ownPicture: false }).view.figures.ownPicture).toBeUndefined();
  });
});

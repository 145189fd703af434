import type { UserId } from "#protocol";
import { expect, test } from "vitest";
import type { AccountsEvent } from "../../../server/accounts/accounts.ts";
import { MissedCalls } from "../../../server/accounts/missed-calls.ts";

const alice = "alice" as UserId;

test("of two counts that cross, the last that is told is what is kept", async () => {
  let kept = 0;
  const answers: (() => void)[] = [];
  const told: AccountsEvent[] = [];
  // Each answer is the count as it was when it was asked for.
  const missedBy = () => {
    const count = kept;
    return new Promise<number>((resolve) => answers.push(() => resolve(count)));
  };
  const missed = new MissedCalls({ missedBy }, (event) => told.push(event));

  kept = 1;
  const recorded = missed.tell(alice);
  await expect.poll(() => answers.length).toBe(1);
  kept = 0;
  const seen = missed.tell(alice);
  // The later one answers first, where it may.
  answers[1]?.();
  answers[0]?.();
  await recorded;
  await expect.poll(() => answers.length).toBe(2);
  answers[1]?.();
  await seen;
  expect(told).toEqual([1, 0].map((count) => ({ type: "missed", of: alice, count })));
});

test("a count that cannot be read keeps no later one from being told", async () => {
  const told: AccountsEvent[] = [];
  const results = [Promise.reject(new Error("away")), Promise.resolve(2)];
  const missed = new MissedCalls({ missedBy: () => results.shift()! }, (event) => told.push(event));
  const [first, second] = [missed.tell(alice), missed.tell(alice)];
  await expect(first).rejects.toThrow("away");
  await second;
  expect(told).toEqual([{ type: "missed", of: alice, count: 2 }]);
});

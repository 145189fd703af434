import { FUNCTIONS, type FunctionName } from "#protocol";
import { describe, expect, it } from "vitest";
import { ACCOUNT_LIMITS, Counter, FunctionCounters } from "../../../server/accounts/rate-limits.ts";

describe("what a deployment allows", () => {
  it("lets a club make its accounts, sign in and use them from one address on one evening", async () => {
    const counters = new FunctionCounters(ACCOUNT_LIMITS.functions);
    const byAddress = new Counter(ACCOUNT_LIMITS.login.perAddress);
    const waits: unknown[] = [];
    for (let time = 0; time < 300; time += 1) {
      waits.push(await counters.countAddress("signUp", "127.0.0.1"), await byAddress.count("127.0.0.1"));
    }
    const others = (Object.keys(FUNCTIONS) as FunctionName[]).filter((name) => ACCOUNT_LIMITS.functions[name].perUser);
    for (const name of others) {
      for (let time = 0; time < 1_000; time += 1) {
        waits.push(await counters.countAddress(name, "127.0.0.1"));
        waits.push(await counters.countUser(name, `user${String(time % 20)}`));
      }
    }
    expect(waits.filter((wait) => wait !== undefined)).toEqual([]);
    expect(await counters.countAddress("signUp", "127.0.0.1")).toBeGreaterThan(0);
  });
});

import { DatabaseError } from "pg";
import { expect, it } from "vitest";
import { MAX_WAITING, WriteBehind } from "../../../server/accounts/write-behind.ts";
import { DatabaseAway } from "../../../server/database/pool.ts";
import { createLogger } from "../../../server/logger.ts";
import { until } from "../../support/until.ts";

it("gives up the oldest of too many that wait, says so in few lines, and writes all others in their order", async () => {
  const log: string[] = [];
  const behind = new WriteBehind(createLogger("error", { write: (line) => void log.push(line) }));
  const written: number[] = [];
  let isAway = true;
  const tooMany = 2_500;
  for (let at = 0; at < MAX_WAITING + tooMany; at += 1) {
    behind.add(`write ${String(at)}`, () => {
      if (isAway) return Promise.reject(new DatabaseAway("away"));
      written.push(at);
      return Promise.resolve();
    });
  }
  expect(log.filter((line) => line.includes("writes are given up"))).toHaveLength(3);
  isAway = false;
  await until("end of the writes", () => Promise.resolve(written.length === MAX_WAITING ? true : undefined));
  expect(written).toEqual(Array.from({ length: MAX_WAITING }, (_, at) => at + tooMany));
  await behind.flush(1_000);
  expect(log).toHaveLength(4);
  expect(JSON.parse(log[3] ?? "")).toMatchObject({ msg: "writes were given up meanwhile", count: tooMany });
});

it("writes again what the database undid for another transaction", async () => {
  const log: string[] = [];
  const behind = new WriteBehind(createLogger("error", { write: (line) => void log.push(line) }));
  const crossings = ["40P01", "40001"];
  let written = 0;
  behind.add("a record", () => {
    const code = crossings.shift();
    written += 1;
    if (code === undefined) return Promise.resolve();
    return Promise.reject(Object.assign(new DatabaseError("undone", 6, "error"), { code }));
  });
  await behind.flush(10_000);
  expect([written, log]).toEqual([3, []]);
});

import { expect, it } from "vitest";
import { mostWithin, runStorm } from "../support/storm/storm.ts";

const SOCKETS = 200;
const CONTACTS = 20;

it("[CONN-4] a server is killed with 200 people online: all come back, each at an instant of their own, and nobody was seen to go", async () => {
  const report = await runStorm({
    sockets: SOCKETS,
    contacts: CONTACTS,
    signal: new AbortController().signal,
    tell: () => undefined,
  });
  console.log(JSON.stringify(report));
  expect(report.welcomed.count).toBe(SOCKETS);
  expect(report.right.count).toBe(SOCKETS);
  expect(report.flaps).toBe(0);
  // The tries of a client that waits for its chance lie between 0.5 s and 10 s; at even distances 3 % fall within 100 ms.
  expect(report.hellosWithin100Ms).toBeLessThan(SOCKETS / 4);
  expect(report.server.peakMegabytes).toBeGreaterThan(0);
});

it("counts the most instants within a span", () => {
  expect(mostWithin([], 10)).toBe(0);
  expect(mostWithin([0, 5, 9, 10, 18, 19, 40], 10)).toBe(3);
  expect(mostWithin([3, 3, 3], 1)).toBe(3);
});

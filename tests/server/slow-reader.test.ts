import { randomBytes } from "node:crypto";
import type { Socket } from "node:net";
import { SUBPROTOCOL } from "#protocol";
import { afterAll, beforeAll, expect, it } from "vitest";
import { MAX_BUFFERED_BYTES } from "../../server/limits.ts";
import { ring } from "../support/calls.ts";
import type { OnlineClient, PresenceClient } from "../support/presence-client.ts";
import { startApp, type AppPerson, type TestApp } from "../support/server-app.ts";

/** Of one frame, near the most that a client may send. */
const SIGNAL_BYTES = 15_000;
/** What Linux keeps of a connection at both ends by itself: 4 MB to be sent and 6 MB received. */
const KERNEL_BYTES = 10 * 1024 * 1024;
const SIGNAL_EVERY_MS = 20;

let app: TestApp;
let alice: AppPerson;
let bob: AppPerson;
let carol: AppPerson;

beforeAll(async () => {
  app = await startApp({ env: { SETTLE_MS: "1" } });
  [alice, bob, carol] = await Promise.all([
    app.signUp("Alice Okada"),
    app.signUp("Bob Tanaka"),
    app.signUp("Carol Sato"),
  ]);
  await app.befriend(alice, bob, carol);
});

afterAll(() => app.close());

it("a client that never reads has a bounded queue and loses its own connection, and nobody else waits", async () => {
  const [atAlice, atBob, atCarol] = await Promise.all([alice.connect(), bob.connect(), carol.connect()]);
  const { call } = await ring(atAlice, bob.id, [atBob]);
  await atBob.request({ type: "call.accept", call });
  await atAlice.next("call.accepted");
  const usual = await answerTimes(atCarol, 50);

  bareSocketOf(atBob).pause();
  const data = randomBytes(SIGNAL_BYTES / 2).toString("hex");
  const meanwhile: number[] = [];
  let sent = 0;
  let answer = await atAlice.request({ type: "call.signal", call, data });
  // A device without a socket is a conflict. [DEC-14]
  while (answer.type === "ok" && sent < 2 * (KERNEL_BYTES + MAX_BUFFERED_BYTES)) {
    sent += SIGNAL_BYTES;
    await new Promise((resolve) => setTimeout(resolve, SIGNAL_EVERY_MS));
    meanwhile.push(...(await answerTimes(atCarol, 1)));
    answer = await atAlice.request({ type: "call.signal", call, data });
  }
  expect(answer).toMatchObject({ type: "error", code: "conflict" });
  expect(sent).toBeLessThan(KERNEL_BYTES + MAX_BUFFERED_BYTES);
  console.log(
    `cut after ${String(Math.round(sent / 1024))} KiB; an answer to others took ${p99(usual)} ms before, ${p99(meanwhile)} ms meanwhile (99 %)`,
  );
  // Others, and the news of the caller's own, were there while it was stuck.
  expect(meanwhile.length).toBeGreaterThan(50);
  await Promise.all([atAlice.fence(), atCarol.fence()]);

  bareSocketOf(atBob).resume();
  await atBob.closed;
  await atAlice.must({ type: "call.hangup", call });
  for (const device of [atAlice, atCarol]) await device.must({ type: "bye" });
});

/** The TCP connection below a WebSocket, which alone can stop reading. */
function bareSocketOf({ socket }: PresenceClient): Socket {
  expect(socket.protocol).toBe(SUBPROTOCOL);
  // `ws` keeps it there; it has no other name.
  return (socket as unknown as { _socket: Socket })._socket;
}

/** How long each of so many pings was unanswered, in ms. */
async function answerTimes(device: OnlineClient, count: number): Promise<number[]> {
  const times: number[] = [];
  for (let at = 0; at < count; at += 1) {
    const since = performance.now();
    await device.fence();
    times.push(performance.now() - since);
  }
  return times;
}

function p99(times: readonly number[]): string {
  return times.toSorted((a, b) => a - b)[Math.ceil(times.length * 0.99) - 1]!.toFixed(1);
}

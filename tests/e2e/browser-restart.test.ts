import { afterAll, expect, test } from "vitest";
import { Backend } from "../support/backend.ts";
import { Belongings } from "../support/belongings.ts";
import { callerOf, endOf } from "../support/calls.ts";
import { friends, Person } from "../support/people.ts";
import { newCallId } from "../support/presence-client.ts";

const open = new Belongings();

afterAll(() => open.close());

test("a browser that is started anew is signed in by itself: who is called there is rung", async () => {
  const backend = await Backend.start();
  open.add(() => backend.close());
  const [, bobAccount] = await friends(backend.url);
  const carol = await callerOf(backend.url, "Carol Mori", bobAccount);
  const bob = await Person.arrive(bobAccount, open);
  await bob.signIn(backend.url);
  await carol.next("presence", (told) => told.user === bobAccount.user && told.availability === "available");
  await bob.browser.leaveAlone();
  // An invite in the grace waits for the return, and is out of reach where nobody comes. [CALL-8]
  const call = newCallId();
  await carol.must({ type: "call.invite", call, to: bobAccount.user, media: "audio" });
  const ringing = await carol.next("call.ringing", (told) => told.call === call, 20_000);
  expect(ringing.devices).toBe(1);
  await carol.must({ type: "call.cancel", call });
  expect(await endOf(carol, call)).toBe("cancelled");
  await carol.must({ type: "bye" });
});

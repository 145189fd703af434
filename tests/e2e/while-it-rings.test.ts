import { afterAll, afterEach, beforeAll, beforeEach, expect, onTestFinished, test } from "vitest";
import { friends, Person, say } from "../support/people.ts";
import type { SignedUp } from "../support/accounts.ts";
import { Backend } from "../support/backend.ts";
import { Belongings } from "../support/belongings.ts";
import { markPage, marksOf } from "../support/call-marks.ts";
import { openConnections, watched } from "../support/page-watch.ts";
import { newCallId, type OnlineClient, PresenceClient } from "../support/presence-client.ts";
import { StunListener } from "../support/stun-listener.ts";
import { until } from "../support/until.ts";

const open = new Belongings();
let stun: StunListener;
let backend: Backend;
let accounts: readonly [SignedUp, SignedUp];
let alice: Person;
let bob: OnlineClient;

beforeAll(async () => {
  stun = await StunListener.start();
  open.add(() => stun.close());
  backend = await Backend.start({ env: { STUN_URLS: stun.url } });
  open.add(() => backend.close());
  accounts = await friends(backend.url);
  alice = await Person.arrive(accounts[0], open);
  await alice.signIn(backend.url);
});
beforeEach(async () => {
  // Bob has no browser: whatever gathers is Alice's.
  bob = await PresenceClient.online(backend.url, { token: accounts[1].token });
  await alice.contact(accounts[1], "available").waitFor();
  stun.asked = 0;
});
afterEach(async () => {
  bob.send({ type: "bye" });
  await bob.closed;
  await alice.browser.closeCallPages();
  await alice.untilQuiet();
});
afterAll(() => open.close());

test("the caller has all ready while it rings: devices, PeerServer, and what ICE gathers", async () => {
  onTestFinished(await alice.browser.runFirst(markPage));
  await alice.call(accounts[1]);
  const { call } = await bob.next("call.incoming");
  bob.send({ type: "call.alert", call, mode: "loud" });

  const page = await alice.browser.callPage();
  await until("caller who is ready", async () => {
    const marks = await marksOf(page);
    return "camera given" in marks && "open came" in marks && stun.asked > 0 ? true : undefined;
  });
  await alice.sees(page, say("call.ringing", { devices: 1 }));
  // Nobody was told of it: the connection that gathers is not described yet.
  expect(await openConnections(page)).toBe(1);
  expect(Object.keys(await marksOf(page)).filter((mark) => mark.startsWith("ICE") || mark.endsWith(" sent"))).toEqual(
    [],
  );
  await alice.hangUp(page);
  await bob.next("call.ended");
  expect(await openConnections(page)).toBe(0);
});

test("who is rung opens nothing and gathers nothing, and is not known to PeerServer, before the click", async () => {
  const call = newCallId();
  await bob.must({ type: "call.invite", call, to: accounts[0].user, media: "video" });
  await alice.card.waitFor();
  // The one who asks is told of the ring, and could be dialled.
  await bob.next("call.ringing");
  const pages = alice.browser.context.pages().filter((page) => page.url().endsWith(".html"));
  expect(pages).toEqual([alice.popup]);
  expect(await watched(alice.popup)).toEqual({ connections: 0, mediaAsked: 0, sockets: 0 });
  expect(await alice.browser.callTabs()).toBe(0);
  expect(stun.asked).toBe(0);

  // After it all of that happens, so it would have been seen.
  await alice.accept();
  const page = await alice.browser.callPage();
  await until("gathering", () => Promise.resolve(stun.asked > 0 ? true : undefined));
  await expect.poll(() => watched(page)).toMatchObject({ mediaAsked: 1, sockets: 1 });
  await bob.must({ type: "call.hangup", call });
  await alice.sees(page, say("ended.callee.hangup"));
});

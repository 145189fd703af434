import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, test } from "vitest";
import { Backend } from "../support/backend.ts";
import { Belongings } from "../support/belongings.ts";
import { untilMediaAdvances, watched } from "../support/page-watch.ts";
import { friends, Person, say } from "../support/people.ts";
import { Proxy } from "../support/proxy.ts";
import { until } from "../support/until.ts";

const OUTAGE_MS = 5_000;

const open = new Belongings();
let proxy: Proxy;
let alice: Person;
let bob: Person;

beforeAll(async () => {
  proxy = await Proxy.start();
  open.add(() => proxy.close());
  const backend = await Backend.start();
  open.add(() => backend.close());
  proxy.leadTo(backend.port);
  const [aliceAccount, bobAccount] = await friends(backend.url);
  [alice, bob] = await Promise.all([Person.arrive(aliceAccount, open), Person.arrive(bobAccount, open)]);
  await Promise.all([alice.signIn(proxy.url), bob.signIn(backend.url)]);
  await Promise.all([alice.contact(bob, "available").waitFor(), bob.contact(alice, "available").waitFor()]);
});

afterAll(() => open.close());

test("[CALL-12] Alice's lines are cut for 5 s while it rings at Bob's: he accepts, and the call connects", async () => {
  await alice.call(bob);
  await bob.card.waitFor();
  const aliceCall = await alice.browser.callPage();
  await until("Alice at PeerServer", async () => ((await watched(aliceCall)).sockets > 0 ? true : undefined));

  proxy.cut();
  // The length of the outage is what is tested: the page loses PeerServer, and asks for it in vain.
  await pause(OUTAGE_MS);
  proxy.mend();

  await bob.accept();
  const bobCall = await bob.browser.callPage();
  await Promise.all([untilMediaAdvances(aliceCall), untilMediaAdvances(bobCall)]);
  await bob.hangUp(bobCall);
  await alice.sees(aliceCall, say("ended.caller.hangup"));
});

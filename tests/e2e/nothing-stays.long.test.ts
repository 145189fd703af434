import type { Page } from "playwright-core";
import { beforeAll, describe, onTestFinished, test } from "vitest";
import { befriend, callFunction, type SignedUp } from "../support/accounts.ts";
import { Backend } from "../support/backend.ts";
import { Belongings } from "../support/belongings.ts";
import { noteStarted, startedIn, untilNothingStays } from "../support/leftovers.ts";
import { aliceAndBob, type Person, say } from "../support/people.ts";
import { setStage, type Stage } from "../support/stage.ts";
import { type Talk, talk } from "../support/talk.ts";
import { until } from "../support/until.ts";

/** How long it rings, and how long a talk waits for its tab. */
const SHORT = { RING_MS: "8000", REJOIN_MS: "3000" };

interface Ending {
  readonly name: string;
  /** Ends it; answers with the pages that are left. */
  readonly end: (stage: Stage, calls: Talk) => Promise<Page[]>;
}

/** Ways out of a talk. */
const endings: Ending[] = [
  {
    name: "Alice, who called, hangs up in her tab",
    end: async ({ alice }, { aliceCall, bobCall }) => {
      await alice.hangUp(aliceCall);
      return [aliceCall, bobCall];
    },
  },
  {
    name: "Bob, who accepted, hangs up in his popup",
    end: async ({ bob }, { aliceCall, bobCall }) => {
      await bob.popup.bringToFront();
      await bob.leaveCall();
      return [aliceCall, bobCall];
    },
  },
  {
    name: "Bob's tab is closed and does not come back",
    end: async (_stage, { aliceCall, bobCall }) => {
      await bobCall.close();
      return [aliceCall];
    },
  },
  {
    name: "both workers are dead, and Bob hangs up",
    end: async ({ alice, bob }, { aliceCall, bobCall }) => {
      await Promise.all([alice.browser.stopWorker(), bob.browser.stopWorker()]);
      await bob.hangUp(bobCall);
      return [aliceCall, bobCall];
    },
  },
  {
    name: "the server is dead, Alice hangs up, and it comes back",
    end: async ({ alice, backend }, { aliceCall, bobCall }) => {
      await backend.kill();
      await alice.hangUp(aliceCall);
      await untilNothingStays(aliceCall);
      await backend.restart();
      return [aliceCall, bobCall];
    },
  },
  {
    name: "they are contacts no longer, and Bob hangs up",
    end: async (stage, { aliceCall, bobCall }) => {
      const { bob, backend } = stage;
      await removeAlice(stage);
      await bob.hangUp(bobCall);
      await untilNothingStays(bobCall);
      await befriend(backend.url, signedUp(stage.alice), signedUp(bob));
      return [aliceCall, bobCall];
    },
  },
];

/** Ways out of a ring, at which Alice's page alone is open. */
const rings: (Omit<Ending, "end"> & { end: (stage: Stage, aliceCall: Page) => Promise<void> })[] = [
  { name: "Bob declines", end: ({ bob }) => bob.decline() },
  { name: "Alice cancels", end: ({ alice }, aliceCall) => alice.hangUp(aliceCall) },
  {
    name: "nobody answers",
    end: async ({ alice, bob }, aliceCall) => {
      await alice.sees(aliceCall, say("ended.caller.no-answer", { name: bob.name }));
    },
  },
  {
    name: "they are contacts no longer",
    end: async (stage, aliceCall) => {
      await removeAlice(stage);
      await stage.alice.sees(aliceCall, say("ended.caller.unreachable", { name: stage.bob.name }));
      await befriend(stage.backend.url, signedUp(stage.alice), signedUp(stage.bob));
    },
  },
];

describe("nothing of a call stays in its tabs", () => {
  const stage = setStage({ env: SHORT });
  beforeAll(() => noteAll(stage));

  test.each(endings)("where $name", async ({ end }) => {
    const calls = await talk(stage.alice, stage.bob);
    for (const call of [calls.aliceCall, calls.bobCall]) await expectStarted(call);
    for (const call of await end(stage, calls)) await untilNothingStays(call);
  });

  test.each(rings)("where it rings, and $name", async ({ end }) => {
    await stage.alice.call(stage.bob);
    await stage.bob.card.waitFor();
    const aliceCall = await stage.alice.browser.callPage();
    await expectStarted(aliceCall);
    await end(stage, aliceCall);
    await untilNothingStays(aliceCall);
  });
});

describe("nothing of a call stays without a device", () => {
  const stage = setStage({ bob: { camera: "refused" } });
  beforeAll(() => noteAll(stage));

  test("where stand-ins were sent for both", async () => {
    const { alice, bob } = stage;
    await alice.call(bob);
    await bob.accept();
    const [aliceCall, bobCall] = await Promise.all([alice.browser.callPage(), bob.browser.callPage()]);
    await Promise.all([alice.sees(aliceCall, say("call.live")), bob.sees(bobCall, say("call.live"))]);
    await expectStarted(bobCall);
    await bob.hangUp(bobCall);
    await untilNothingStays(bobCall);
    await untilNothingStays(aliceCall);
  });
});

describe("nothing of a call stays where", () => {
  test.each([
    ["Alice signs out", async ({ alice }: Stage) => alice.signOut()],
    [
      "Alice's account is erased from another device",
      async ({ alice, backend }: Stage) => {
        const { password, token } = signedUp(alice);
        await callFunction(backend.url, "deleteAccount", { password }, token);
      },
    ],
  ] as const)("%s", async (_name, end) => {
    const open = new Belongings();
    onTestFinished(() => open.close());
    const backend = await Backend.start();
    open.add(() => backend.close());
    const stage = { backend, ...(await aliceAndBob(backend, open)) };
    await noteAll(stage);
    const { aliceCall, bobCall } = await talk(stage.alice, stage.bob);
    await stage.alice.popup.bringToFront();
    await end(stage);
    await untilNothingStays(aliceCall);
    await untilNothingStays(bobCall);
  });
});

async function noteAll({ alice, bob }: Pick<Stage, "alice" | "bob">): Promise<void> {
  for (const { browser } of [alice, bob]) await browser.runFirst(noteStarted);
}

/** There is something that could stay. */
async function expectStarted(call: Page): Promise<void> {
  await until("camera, microphone and PeerServer", async () => {
    const { tracks, sockets } = await startedIn(call);
    return tracks >= 2 && sockets >= 1 ? true : undefined;
  });
}

/** Bob takes Alice off his list. */
async function removeAlice({ alice, bob, backend }: Stage): Promise<void> {
  await callFunction(backend.url, "removeContact", { user: signedUp(alice).user }, signedUp(bob).token);
}

/** The stage's people were signed up over the server's functions. */
function signedUp(person: Person): SignedUp {
  return person.account as SignedUp;
}

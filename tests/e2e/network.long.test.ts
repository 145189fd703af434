import { setTimeout as pause } from "node:timers/promises";
import type { UserId } from "#protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { whyNoNetworks } from "../../scripts/setup/networks.ts";
import type { SignedUp } from "../support/accounts.ts";
import { serveApart } from "../support/apart.ts";
import { Belongings } from "../support/belongings.ts";
import { describeWhere } from "../support/needs.ts";
import type { NetworkNamespace } from "../support/network-namespace.ts";
import { friends, Person, say } from "../support/people.ts";
import { newCallId, PresenceClient, type OnlineClient } from "../support/presence-client.ts";

/** How long the link is away is what is tested: nothing is there to be waited for meanwhile. */
const SHORT_MS = 5_000;
const LONG_MS = 60_000;
/** Where the browser reports the network's return. */
const BACK_WITHIN_MS = 2_000;
/** The silence after which the server lets a socket go, the grace, and some time to look. */
const GONE_WITHIN_MS = 60_000;

describeWhere(whyNoNetworks(), "Bob's network", () => {
  const open = new Belongings();
  let network: NetworkNamespace;
  let aliceAccount: SignedUp;
  let alice: OnlineClient;
  let bob: Person;
  let bobsId: UserId;

  beforeAll(async () => {
    const apart = await serveApart(open);
    const { url, here, program } = apart;
    network = apart.network;
    const [first, bobAccount] = await friends(here);
    aliceAccount = first;
    bobsId = bobAccount.user;
    alice = await PresenceClient.online(here, { token: aliceAccount.token });
    const pings = setInterval(() => alice.send({ type: "ping" }), 5_000);
    open.add(() => {
      clearInterval(pings);
      return alice.lose();
    });
    bob = await Person.arrive(bobAccount, open, { program, trustsAnyone: true });
    await bob.signIn(url);
    await alice.next("presence", ({ availability }) => availability === "available");
    await bob.contact(aliceAccount, "available").waitFor();
  });

  afterAll(() => open.close());

  /** Takes the link away for a while; `meanwhile` is done as soon as it is gone. */
  async function away(ms: number, meanwhile: () => Promise<void> = () => Promise.resolve()): Promise<void> {
    const since = performance.now();
    await network.cutLink();
    await meanwhile();
    await pause(Math.max(0, ms - (performance.now() - since)));
    await network.joinLink();
  }

  /** Whether the browser has told that the network went and came, since it was last asked. */
  async function reported(): Promise<string[]> {
    return bob.popup.evaluate(() => {
      const told = globalThis as unknown as { told?: string[] };
      const before = told.told ?? [];
      if (told.told === undefined) {
        addEventListener("online", () => told.told?.push("online"));
        addEventListener("offline", () => told.told?.push("offline"));
      }
      told.told = [];
      return before;
    });
  }

  async function noFlap(): Promise<void> {
    await alice.fence();
    expect(alice.waiting("presence")).toEqual([]);
  }

  test("[PRES-3] is away for 5 s: nobody sees it, and what changed meanwhile is right within 2 s of its return", async () => {
    await reported();
    await away(SHORT_MS, () => alice.must({ type: "presence.set", availability: "away" }));
    const since = performance.now();
    await bob.contact(aliceAccount, "away").waitFor();
    const backMs = performance.now() - since;
    const told = await reported();
    console.log(
      `right ${backMs.toFixed(0)} ms after 5 s without a network; the browser said ${told.join(", ") || "nothing"}`,
    );
    expect(told).toContain("online");
    expect(backMs).toBeLessThan(BACK_WITHIN_MS);
    await noFlap();
    await alice.must({ type: "presence.set", availability: "available" });
    await bob.contact(aliceAccount, "available").waitFor();
  });

  test("[CALL-12] is away for 5 s while it rings: it rings on, and he answers", async () => {
    const call = newCallId();
    await alice.must({ type: "call.invite", call, to: bobsId, media: "audio" });
    await bob.card.waitFor();
    await alice.next("call.ringing");
    await away(SHORT_MS, async () => expect(await bob.card.isVisible()).toBe(true));
    expect(await bob.card.isVisible()).toBe(true);
    const clickedAt = await bob.accept();
    await alice.next("call.accepted", (told) => told.call === call);
    console.log(`answered ${String(Date.now() - clickedAt)} ms after the click, with the network just back`);
    await alice.must({ type: "call.hangup", call });
    await alice.next("call.ended", (told) => told.call === call);
    await alice.next("presence", ({ availability }) => availability === "busy");
    await alice.next("presence", ({ availability }) => availability === "available");
    await noFlap();
    await bob.browser.closeCallPages();
  });

  test("[PRES-3] is away for 60 s: offline once, online once, and the ring that came meanwhile is a missed call", async () => {
    await reported();
    const since = performance.now();
    const call = newCallId();
    await away(LONG_MS, async () => {
      await alice.next("presence", ({ availability }) => availability === "offline", GONE_WITHIN_MS);
      console.log(`seen to be gone ${(performance.now() - since).toFixed(0)} ms after the link went`);
      await alice.must({ type: "call.invite", call, to: bobsId, media: "audio" });
      expect((await alice.next("call.ended", (told) => told.call === call)).reason).toBe("unreachable");
    });
    const backSince = performance.now();
    await alice.next("presence", ({ availability }) => availability === "available", GONE_WITHIN_MS);
    const backMs = performance.now() - backSince;
    await bob.contact(aliceAccount, "available").waitFor();
    const told = await reported();
    console.log(
      `right ${backMs.toFixed(0)} ms after 60 s without a network; the browser said ${told.join(", ") || "nothing"}`,
    );
    expect(told).toContain("online");
    expect(backMs).toBeLessThan(BACK_WITHIN_MS);
    await noFlap();
    await bob.popup
      .getByText(say("missed.count", { count: 1 }))
      .first()
      .waitFor();
  });
});

import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { whyNoRelay } from "../../scripts/setup/relay.ts";
import { Backend } from "../support/backend.ts";
import { Belongings } from "../support/belongings.ts";
import { untilMediaAdvances } from "../support/page-watch.ts";
import { describeWhere } from "../support/needs.ts";
import { aliceAndBob, type Person, say } from "../support/people.ts";
import { goByRelayAlone, Relay } from "../support/relay.ts";
import { talk } from "../support/talk.ts";

/** The time that a call has to connect, and some to look. */
const FAILED_WITHIN_MS = 60_000;

describeWhere(whyNoRelay(), "a call through a real relay", () => {
  const open = new Belongings();
  let relay: Relay;
  let alice: Person;
  let bob: Person;

  beforeAll(async () => {
    relay = await Relay.start();
    open.add(() => relay.close());
    const backend = await Backend.start({ env: relay.env });
    open.add(() => backend.close());
    ({ alice, bob } = await aliceAndBob(backend, open));
  });
  afterAll(() => open.close());

  test("is direct where nothing speaks against it, though there is a relay", async () => {
    const { aliceCall, bobCall } = await talk(alice, bob);
    expect(await pathOf(aliceCall)).not.toContain("relay");
    await leave(aliceCall, bobCall);
  });

  test("connects by it alone where Alice wishes that, and tells Bob no address of hers", async () => {
    await goByRelayAlone(alice);
    for (const person of [alice, bob]) {
      onTestFinished(await person.browser.runFirst(noteCandidates));
    }
    const { aliceCall, bobCall } = await talk(alice, bob);
    expect(await pathOf(aliceCall)).toContain("relay");
    const [hers, his] = await Promise.all([candidates(aliceCall), candidates(bobCall)]);
    expect(hers.own.length).toBeGreaterThan(0);
    expect(new Set(hers.own.map(kindOf))).toEqual(new Set(["relay"]));
    // What Bob was given of her is what he could learn: the relay's address, and the relay's alone.
    expect(his.given.length).toBeGreaterThan(0);
    expect(new Set(his.given.map(kindOf))).toEqual(new Set(["relay"]));
    for (const candidate of his.given) expect(relatedOf(candidate)).toMatch(/^(0\.0\.0\.0|::|undefined)$/);
    // Bob has no such wish, so there was something that could have leaked.
    expect(new Set(his.own.map(kindOf))).toContain("host");
    await leave(aliceCall, bobCall);
  });

  test("is found to be reachable by the person's own check", async () => {
    const page = await alice.browser.openSettings();
    onTestFinished(() => page.close());
    await page.getByRole("button", { name: say("reach.run"), exact: true }).click();
    await page.locator('[data-check="turn"][data-state="passed"]').waitFor({ timeout: 30_000 });
  });

  test("says that it is the network where the relay is away", async () => {
    await relay.stop();
    onTestFinished(() => relay.startAgain());
    await alice.call(bob);
    await bob.accept();
    const [aliceCall, bobCall] = await Promise.all([alice.browser.callPage(), bob.browser.callPage()]);
    const words = aliceCall.getByRole("status").filter({ hasText: say("call.failed-no-connection") });
    await words.waitFor({ state: "attached", timeout: FAILED_WITHIN_MS });
    await Promise.all([aliceCall.close(), bobCall.close()]);
  });

  async function leave(aliceCall: Page, bobCall: Page): Promise<void> {
    await untilMediaAdvances(aliceCall);
    await alice.hangUp(aliceCall);
    await bob.sees(bobCall, say("ended.callee.hangup"));
    await Promise.all([aliceCall.close(), bobCall.close()]);
    await Promise.all([alice.contact(bob, "available").waitFor(), bob.contact(alice, "available").waitFor()]);
  }
});

test("a call without a relay says that the network lets nothing through, and who can help", async () => {
  const open = new Belongings();
  onTestFinished(() => open.close());
  const backend = await Backend.start();
  open.add(() => backend.close());
  const { alice, bob } = await aliceAndBob(backend, open);
  onTestFinished(await alice.browser.runFirst(letNothingThrough));
  await alice.call(bob);
  await bob.accept();
  const aliceCall = await alice.browser.callPage();
  const words = aliceCall.getByRole("status").filter({ hasText: say("call.failed-no-relay") });
  await words.waitFor({ state: "attached", timeout: FAILED_WITHIN_MS });
});

/** Runs in each page before its own code: its network takes it nowhere but to a relay. */
function letNothingThrough(): void {
  const Connection = RTCPeerConnection;
  globalThis.RTCPeerConnection = class extends Connection {
    constructor(given?: RTCConfiguration) {
      super({ ...given, iceTransportPolicy: "relay" });
    }
  };
}

/** The kinds of both ends of the path that the media takes. */
function pathOf(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const { connections } = (globalThis as unknown as { beckonWatch: { connections: RTCPeerConnection[] } })
      .beckonWatch;
    const stats = await connections.at(-1)!.getStats();
    const all = [...(stats as unknown as Map<string, Record<string, string>>).values()];
    const transport = all.find(({ type }) => type === "transport")!;
    const pair = all.find(({ id }) => id === transport["selectedCandidatePairId"])!;
    return ["localCandidateId", "remoteCandidateId"].map((end) => {
      const candidate = all.find(({ id }) => id === pair[end]);
      return String(candidate?.["candidateType"]);
    });
  });
}

interface Candidates {
  /** Those that the page gathered, and what stood in its descriptions. */
  own: string[];
  /** Those that the page was given of the other side. */
  given: string[];
}

function candidates(page: Page): Promise<Candidates> {
  return page.evaluate(() => (globalThis as unknown as { candidates: Candidates }).candidates);
}

/** Notes every candidate that a page gathers or is given, also those within descriptions. Must stand alone. */
function noteCandidates(): void {
  const seen: Candidates = { own: [], given: [] };
  Object.assign(globalThis, { candidates: seen });
  const linesOf = (sdp = "") =>
    sdp.split(/\r?\n/).flatMap((line) => (line.startsWith("a=candidate:") ? [line.slice(2)] : []));
  const Native = globalThis.RTCPeerConnection;
  globalThis.RTCPeerConnection = class extends Native {
    constructor(...args: ConstructorParameters<typeof Native>) {
      super(...args);
      this.addEventListener("icecandidate", ({ candidate }) => {
        if (candidate !== null && candidate.candidate !== "") seen.own.push(candidate.candidate);
      });
      this.addEventListener("icegatheringstatechange", () => seen.own.push(...linesOf(this.localDescription?.sdp)));
    }
    override async addIceCandidate(candidate?: RTCIceCandidateInit | null): Promise<void> {
      if (candidate?.candidate) seen.given.push(candidate.candidate);
      await super.addIceCandidate(candidate ?? undefined);
    }
    override async setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void> {
      seen.given.push(...linesOf(description.sdp));
      await super.setRemoteDescription(description);
    }
  };
}

function kindOf(candidate: string): string | undefined {
  return /\btyp (\w+)/.exec(candidate)?.[1];
}

/** The address behind a candidate, which a relayed one need not tell. */
function relatedOf(candidate: string): string {
  return String(/\braddr (\S+)/.exec(candidate)?.[1]);
}

import { afterAll, afterEach, beforeAll, onTestFailed, beforeEach } from "vitest";
import { Backend } from "./backend.ts";
import { Belongings, closeOnceThere } from "./belongings.ts";
import type { ChromiumOptions } from "./chromium-options.ts";
import { aliceAndBob, type Person } from "./people.ts";

export interface StageOptions {
  /** For the server: the contract's spans, shortened. */
  readonly env?: Readonly<Record<string, string>>;
  readonly alice?: ChromiumOptions;
  readonly bob?: ChromiumOptions;
}

export interface Stage {
  readonly backend: Backend;
  readonly alice: Person;
  readonly bob: Person;
}

/**
 * A server, and Alice and Bob signed in at their browsers, for the tests of one file. After each test their calls are
 * over, the tabs of calls are closed, nothing rings or notifies any more, and each is available to the other again. What a
 * failed test leaves of the server's log is printed.
 */
export function setStage(options: StageOptions = {}): Stage {
  const open = new Belongings();
  let stage: Stage | undefined;
  const current = () => {
    if (stage === undefined) throw new Error("The stage is set when the first test begins.");
    return stage;
  };

  beforeAll(async () => {
    // The browsers open while the server starts.
    const starting = Backend.start({ env: options.env ?? {} });
    open.add(() => closeOnceThere(starting));
    const people = await aliceAndBob(starting, open, options);
    stage = { backend: await starting, ...people };
  });
  beforeEach(() => {
    onTestFailed(() => {
      console.log(`The end of the server's log:\n${current().backend.log.split("\n").slice(-40).join("\n")}`);
    });
  });
  afterEach(async () => {
    const { alice, bob } = current();
    await Promise.all([alice.leaveCall(), bob.leaveCall()]);
    await Promise.all([alice.browser.closeCallPages(), bob.browser.closeCallPages()]);
    await Promise.all([alice.untilQuiet(), bob.untilQuiet()]);
    await Promise.all([alice.contact(bob, "available").waitFor(), bob.contact(alice, "available").waitFor()]);
  });
  afterAll(() => open.close());

  return {
    get backend() {
      return current().backend;
    },
    get alice() {
      return current().alice;
    },
    get bob() {
      return current().bob;
    },
  };
}

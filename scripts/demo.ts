import { parseArgs } from "node:util";
import type { Account } from "../tests/support/accounts.ts";
import { Backend } from "../tests/support/backend.ts";
import { Belongings } from "../tests/support/belongings.ts";
import type { ChromiumOptions } from "../tests/support/chromium-options.ts";
import { friends, Person } from "../tests/support/people.ts";
import { playCall } from "./demo-play.ts";
import { SetupFailure } from "./setup/command.ts";
import { seconds, step } from "./setup/progress.ts";

/** The played call, set-up of the server and browsers included, is given this long. */
const PLAY_WITHIN_MS = 180_000;

const OPTIONS = {
  headless: { type: "boolean", default: false },
  "alice-fake": { type: "boolean", default: false },
  "bob-real": { type: "boolean", default: false },
} as const;

type Options = ReturnType<typeof readOptions>;

/** Alice's and Bob's browsers on one machine, for a person to call with or, without a display, playing a call alone. */
export async function demo(args: readonly string[], stopped: AbortSignal): Promise<number> {
  const since = performance.now();
  const options = readOptions(args);
  const signal = options.headless ? AbortSignal.any([stopped, AbortSignal.timeout(PLAY_WITHIN_MS)]) : stopped;
  const open = new Belongings();
  // What is under way ends when its server or browser goes.
  // Whether that went well, the closing at the end tells.
  const closeNow = () => void open.close().catch(() => undefined);
  signal.addEventListener("abort", closeNow, { once: true });
  try {
    const stage = await setTheStage(options, open, signal);
    if (options.headless) await playCall(stage.alice, stage.bob, signal);
    else await waitForPeople(stage, options, stopped);
    if (options.headless) sayHowLong(performance.now() - since);
    return 0;
  } catch (error) {
    if (stopped.aborted || !signal.aborted) throw error;
    throw new SetupFailure(`The demo did not finish within ${seconds(PLAY_WITHIN_MS)}.`, { cause: error });
  } finally {
    signal.removeEventListener("abort", closeNow);
    await open.close();
  }
}

function sayHowLong(ms: number): void {
  console.log(`The call connected; from the server's start to the end it took ${seconds(ms)}.`);
}

interface Stage {
  readonly backend: Backend;
  readonly alice: Person;
  readonly bob: Person;
}

function readOptions(args: readonly string[]) {
  try {
    const { values } = parseArgs({ args: [...args], options: OPTIONS });
    return { ...values, headless: values.headless || !hasDisplay() };
  } catch {
    const names = Object.keys(OPTIONS).map((name) => `--${name}`);
    throw new SetupFailure(`The demo takes ${names.join(", ")} and nothing else.`);
  }
}

function hasDisplay(): boolean {
  if (process.platform !== "linux") return true;
  return ["DISPLAY", "WAYLAND_DISPLAY"].some((name) => (process.env[name] ?? "") !== "");
}

async function setTheStage(options: Options, open: Belongings, signal: AbortSignal): Promise<Stage> {
  const backend = await step(
    "Starting the server",
    async () => {
      const started = await Backend.start({ signal });
      open.add(() => started.close());
      return started;
    },
    signal,
  );
  signal.throwIfAborted();
  const [aliceAccount, bobAccount] = await step("Signing up Alice and Bob", () => friends(backend.url), signal);
  const { headless } = options;
  const arrive = async (account: Account, browser: ChromiumOptions) => {
    const person = await Person.arrive(account, open, { ...browser, headless, diesOfSignals: false });
    signal.throwIfAborted();
    await person.signIn(backend.url);
    return person;
  };
  const alice = await step(
    "Opening Alice's browser",
    () =>
      arrive(aliceAccount, {
        camera: headless || options["alice-fake"] ? "fake" : "real",
        window: { x: 0, y: 0, width: 800, height: 800 },
      }),
    signal,
  );
  const bob = await step(
    "Opening Bob's browser",
    () =>
      arrive(bobAccount, {
        camera: options["bob-real"] ? "real" : "fake",
        muted: !options["bob-real"],
        window: { x: 800, y: 0, width: 800, height: 800 },
      }),
    signal,
  );
  return { backend, alice, bob };
}

async function waitForPeople({ backend, alice, bob }: Stage, options: Options, stopped: AbortSignal): Promise<void> {
  const devices = (isReal: boolean) => (isReal ? "your camera and microphone" : "a test picture and a test sound");
  console.log(
    [
      "",
      "Two windows are open, Alice's and Bob's; each shows Beckon's popup in a tab.",
      "In Alice's, click on the camera beside Bob Tanaka; in Bob's, click on Accept.",
      `Alice uses ${devices(!options["alice-fake"])}, Bob ${devices(options["bob-real"])}` +
        `${options["bob-real"] ? "" : "; his loudspeaker is off"}.`,
      `The server is ${backend.url}; a third browser may join with an account of its own.`,
      "Close both windows, or press Ctrl-C here, to end it. Nothing is kept.",
    ].join("\n"),
  );
  const bothClosed = Promise.all([alice.browser.whenClosed(), bob.browser.whenClosed()]);
  const interrupted = new Promise<void>((resolve) => {
    stopped.addEventListener("abort", () => resolve(), { once: true });
  });
  await Promise.race([bothClosed, interrupted]);
}

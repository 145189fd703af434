import { beforeAll, afterAll, expect, test } from "vitest";
import { account, callFunction, type SignedUp, signUp } from "../support/accounts.ts";
import { Backend } from "../support/backend.ts";
import { Belongings } from "../support/belongings.ts";
import { Person, say } from "../support/people.ts";
import { until } from "../support/until.ts";

/** The part of the extension API that these tests ask for; `mended` is theirs. */
declare const chrome: {
  runtime: { sendMessage: (message: unknown) => Promise<unknown> };
  storage: {
    local: {
      get: (name?: string) => Promise<{ token?: string; saved?: { device?: { idleMinutes: number } } }>;
      set: (values: object) => Promise<void>;
    };
  };
};

const open = new Belongings();
let backend: Backend;
let erin: Person;
let erinAccount: SignedUp;

beforeAll(async () => {
  backend = await Backend.start();
  open.add(() => backend.close());
  erinAccount = await signUp(backend.url, account("Erin Ito"));
  erin = await Person.arrive(erinAccount, open);
});

afterAll(() => open.close());

/** A disk that takes nothing any more, as the background sees it. Answers with what mends it. */
async function fillDisk(): Promise<() => Promise<void>> {
  const worker = erin.browser.context.serviceWorkers()[0];
  if (worker === undefined) throw new Error("There is no background");
  await worker.evaluate(() => {
    const { local } = chrome.storage;
    const set = local.set.bind(local);
    Object.assign(globalThis, { mend: () => Object.assign(local, { set }) });
    Object.assign(local, { set: () => Promise.reject(new Error("no space")) });
  });
  return async () => {
    await worker.evaluate(() => void (globalThis as unknown as { mend: () => object }).mend());
  };
}

const stored = () => erin.popup.evaluate(() => chrome.storage.local.get());

test("Erin is told that her browser stores nothing, and no session is left behind that nobody holds", async () => {
  const mend = await fillDisk();
  await erin.nameServer(backend.url);
  await erin.fillSignIn(erinAccount);
  await erin.popup
    .getByRole("alert")
    .filter({ hasText: say("problem.storage") })
    .waitFor();
  expect(await stored()).not.toHaveProperty("token");
  await until("the end of the session", async () => {
    const { sessions } = await callFunction(backend.url, "listSessions", {}, erinAccount.token);
    return sessions.length === 1 ? true : undefined;
  });
  await mend();
  await erin.signInAgain();
});

test("what could not be stored is stored later, though nothing of it has changed", async () => {
  const mend = await fillDisk();
  const send = (message: object) => erin.popup.evaluate((given) => chrome.runtime.sendMessage(given), message);
  await send({ type: "setDevice", change: { idleMinutes: 10 } });
  // What the background does at a change, it has done by the time that it has answered this.
  await send({ type: "readDiagnostics" });
  expect((await stored()).saved?.device).toBeUndefined();
  await mend();
  await send({ type: "retryNow" });
  await until("the device's settings", async () =>
    (await stored()).saved?.device?.idleMinutes === 10 ? true : undefined,
  );
});

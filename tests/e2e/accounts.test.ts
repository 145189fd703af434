import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { DISCOVERY_PATH } from "#protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { account } from "../support/accounts.ts";
import { Belongings } from "../support/belongings.ts";
import { Backend } from "../support/backend.ts";
import { BADGE, Person, say } from "../support/people.ts";
import { until } from "../support/until.ts";

/** The part of the extension API that a test asks for. */
declare const chrome: { runtime: { sendMessage: (message: unknown) => Promise<unknown> } };

const open = new Belongings();
let backend: Backend;
let carol: Person;
let dan: Person;

beforeAll(async () => {
  backend = await Backend.start();
  open.add(() => backend.close());
  [carol, dan] = await Promise.all([
    Person.arrive(account("Carol Ruiz"), open),
    Person.arrive(account("Dan Weber"), open),
  ]);
});

afterAll(() => open.close());

test("Carol is told what is wrong with each server address", async () => {
  const notBeckon = await serve((_request, response) => response.end("<h1>It works</h1>"));
  const readable = { "content-type": "application/json", "access-control-allow-origin": "*" };
  const redirects = await serve((_request, response) => {
    response.writeHead(302, { ...readable, location: backend.url }).end();
  });
  const discovery = (await (await fetch(backend.url + DISCOVERY_PATH)).json()) as object;
  const tooNew = await serve((_request, response) => {
    response.writeHead(200, readable).end(JSON.stringify({ ...discovery, protocols: ["beckon.v9"] }));
  });
  const cases = [
    ["beckon example", "problem.server-address"],
    ["ftp://beckon.example.org", "problem.server-address"],
    ["http://beckon.example.org", "problem.server-insecure"],
    ["http://127.0.0.1:1", "problem.server-unreachable"],
    [notBeckon.url, "problem.server-not-beckon"],
    [redirects.url, "problem.server-redirects"],
    [tooNew.url, "problem.server-too-old"],
  ] as const;
  for (const [address, problem] of cases) {
    await carol.nameServer(address);
    await expect
      .poll(() => carol.popup.getByRole("alert").textContent(), { message: address, timeout: 10_000 })
      .toBe(say(problem));
  }
  await Promise.all([notBeckon, redirects, tooNew].map((server) => server.close()));
});

test("Carol makes an account and is signed in with it", async () => {
  await carol.signUp(backend.url);
  await carol.browser.untilBadge(BADGE.available);
  await carol.popup.getByText(say("list.empty")).waitFor();
});

test("Dan may not take Carol's handle nor hold his own in the password, and takes his own", async () => {
  const impostor = { ...dan.account, handle: carol.account.handle };
  await dan.nameServer(backend.url);
  await dan.fillSignUp(impostor);
  await dan.popup
    .getByRole("alert")
    .filter({ hasText: say("problem.handle-taken") })
    .waitFor();
  const password = dan.popup.getByLabel(say("sign.password"), { exact: true });
  await dan.fillSignUp({ ...dan.account, password: `${dan.account.handle} and more` });
  await dan.popup
    .getByRole("alert")
    .filter({ hasText: say("problem.bad-input", { field: "password" }) })
    .waitFor();
  expect(await password.getAttribute("aria-invalid")).toBe("true");
  await until("the focus on the password", async () =>
    (await password.evaluate((input) => input === document.activeElement)) ? true : undefined,
  );
  await dan.fillSignUp(dan.account);
  await dan.ownMenu.waitFor();
});

test("Carol asks Dan by his handle, and each sees the other once he accepts", async () => {
  await carol.popup
    .getByRole("button", { name: say("add.title") })
    .first()
    .click();
  await carol.popup.getByLabel(say("add.handle")).fill(dan.account.handle);
  await carol.popup.getByRole("button", { name: say("add.send") }).click();
  await carol.popup.getByText(say("add.sent", { handle: dan.account.handle })).waitFor();
  await carol.popup.getByRole("button", { name: say("add.close") }).click();
  await carol.popup
    .getByRole("listitem")
    .filter({ hasText: say("request.outgoing") })
    .waitFor();

  await dan.popup.getByRole("button", { name: say("request.accept-label", { name: carol.name }) }).click();
  await Promise.all([carol.contact(dan, "available").waitFor(), dan.contact(carol, "available").waitFor()]);
});

test("[PRES-1] Dan does not want to be disturbed, and Carol sees it at once", async () => {
  await dan.choose("dnd");
  await carol.contact(dan, "dnd").waitFor();
  await dan.choose("available");
  await carol.contact(dan, "available").waitFor();
});

test("the popup shows the stored contacts while the server is away, and says that it is offline", async () => {
  await backend.kill();
  await carol.popup.getByText(say("line.network", { server: new URL(backend.url).host })).waitFor();
  await carol.browser.stopWorker();
  await carol.reopenPopup();
  await carol.popup.getByRole("listitem").filter({ hasText: dan.name }).waitFor();
  await carol.popup.getByText(say("line.network", { server: new URL(backend.url).host })).waitFor();
  await carol.browser.untilBadge(BADGE.offline);
  const settings = await carol.browser.openSettings();
  await settings.getByText(say("settings.server-unread"), { exact: true }).waitFor();

  await backend.restart();
  await Promise.all([carol.browser.untilBadge(BADGE.available), dan.browser.untilBadge(BADGE.available)]);
  await carol.popup.getByText(say("line.network", { server: new URL(backend.url).host })).waitFor({ state: "hidden" });
  // What the server has is read as soon as it is back, also by a page that was opened while it was away.
  await settings.getByText(say("settings.server-relay")).waitFor();
  await settings.close();
});

test("Dan signs out, and Carol sees him offline at once", async () => {
  await dan.signOut();
  await carol.contact(dan, "offline").waitFor();
  await dan.browser.untilBadge(BADGE.signedOut);
});

test("Dan mistypes his password, and signs in with the right one", async () => {
  await dan.fillSignIn({ ...dan.account, password: "not-the-password" });
  await dan.popup
    .getByRole("alert")
    .filter({ hasText: say("problem.wrong-password") })
    .waitFor();
  await dan.fillSignIn(dan.account);
  await carol.contact(dan, "available").waitFor();
});

test("Dan's sign-in does not wait for an older one, whose server says nothing", async () => {
  await dan.signOut();
  const asked = Promise.withResolvers<undefined>();
  const mute = await serve(() => asked.resolve(undefined));
  // The popup that began it is closed, so that nobody waits for its answer.
  const older = dan.popup.evaluate(
    (server) => chrome.runtime.sendMessage({ type: "signIn", server, handle: "dan", password: "any" }),
    mute.url,
  );
  await asked.promise;
  await dan.signInAgain();
  expect(await older).toEqual({ ok: false, problem: "given-up" });
  await mute.close();
});

/** A server that is not ours, on a free port. */
async function serve(answer: RequestListener): Promise<{ url: string; close: () => Promise<void> }> {
  const server = createServer(answer);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    // A listening server has an address and a port.
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

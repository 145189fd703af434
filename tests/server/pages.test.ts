import { createHash } from "node:crypto";
import { ParseCode } from "#protocol";
import { beforeAll, describe, expect, it } from "vitest";
import { ACCOUNT_LIMITS } from "../../server/accounts/rate-limits.ts";
import { callFunction } from "../support/accounts.ts";
import { loosened } from "../support/loosened.ts";
import { startApp, type AppPerson, type TestApp } from "../support/server-app.ts";
import { until } from "../support/until.ts";

const STORES = {
  CHROME_STORE_URL: "https://chromewebstore.google.com/detail/beckon/abc",
  FIREFOX_STORE_URL: "https://addons.mozilla.org/firefox/addon/beckon",
};
const PAGES = { times: 40, withinMs: 900_000 };
const NEXT_PASSWORD = "a new walk in the rain";

let app: TestApp;
let alice: AppPerson;
let bob: AppPerson;

beforeAll(async () => {
  const accountLimits = { ...loosened(ACCOUNT_LIMITS, 1_000), pagesPerAddress: PAGES };
  app = await startApp({ env: STORES, accountLimits });
  alice = await app.signUp("Alice <b>Okada</b>");
  bob = await app.signUp("Bob Tanaka");
  return () => app.close();
});

let visitors = 0;

interface Seen {
  status: number;
  headers: Headers;
  text: string;
}

/** Opens a page as somebody who came from an address of their own. */
async function open(path: string, init: RequestInit & { from?: string; language?: string } = {}): Promise<Seen> {
  const { from = `198.51.100.${String((visitors += 1) % 250)}`, language = "en", ...rest } = init;
  const response = await fetch(`${app.url}${path}`, {
    ...rest,
    headers: { "x-forwarded-for": from, "accept-language": language, ...(rest.headers as Record<string, string>) },
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

function send(path: string, form: Record<string, string>, language?: string): Promise<Seen> {
  return open(path, {
    method: "POST",
    body: new URLSearchParams(form),
    ...(language === undefined ? {} : { language }),
  });
}

const titleOf = ({ text }: Seen) => /<h1>(.*)<\/h1>/.exec(text)?.[1];

/** The token of the latest link of a kind that the log has for a person: no mail is set up here. */
function tokenSoFar(person: AppPerson, path: "verify" | "reset"): string | undefined {
  const line = app.log.findLast(
    ({ handle, link }) => handle === person.account.handle && String(link).includes(`/${path}?`),
  );
  return line === undefined ? undefined : (new URL(String(line["link"])).searchParams.get("token") ?? undefined);
}

/** The same, once it is another than `before`: a mail would be written behind. */
function tokenFor(person: AppPerson, path: "verify" | "reset", before?: string): Promise<string> {
  return until("link in the log", () => {
    const token = tokenSoFar(person, path);
    return Promise.resolve(token === before ? undefined : token);
  });
}

async function askReset(person: AppPerson): Promise<string> {
  const before = tokenSoFar(person, "reset");
  await callFunction(app.url, "requestPasswordReset", { email: person.account.email });
  return tokenFor(person, "reset", before);
}

describe("every page", () => {
  const all = () => [
    "/verify?token=abc",
    "/verify",
    "/reset?token=abc",
    "/reset",
    "/address?token=abc",
    "/i/K7QM-2XPA-9D30-41VB",
    "/i/x",
  ];

  it("runs nothing, loads nothing, is kept nowhere and gives its address to nobody", async () => {
    for (const path of all()) {
      const { headers, text } = await open(path);
      expect(headers.get("content-type")).toBe("text/html; charset=utf-8");
      expect(headers.get("cache-control")).toBe("no-store");
      expect(headers.get("referrer-policy")).toBe("no-referrer");
      expect(headers.get("x-frame-options")).toBe("DENY");
      const style = /<style>(.*)<\/style>/s.exec(text)?.[1] ?? "";
      const hash = createHash("sha256").update(style).digest("base64");
      expect(headers.get("content-security-policy")).toBe(
        `default-src 'none'; style-src 'sha256-${hash}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
      );
      for (const odd of ["<script", "style=", "onclick", "<img", "<link", "url("]) expect(text).not.toContain(odd);
      expect(headers.get("set-cookie")).toBeNull();
    }
  });

  it("is in the language that the reader likes best", async () => {
    for (const path of all()) {
      const [english, japanese, other] = await Promise.all([
        open(path, { language: "en-GB,en;q=0.9,ja;q=0.8" }),
        open(path, { language: "ja-JP" }),
        open(path, { language: "fr" }),
      ]);
      expect(english.text).toContain('<html lang="en">');
      expect(japanese.text).toContain('<html lang="ja">');
      expect(japanese.text).toMatch(/[ぁ-ん]/);
      expect(english.text).not.toMatch(/[ぁ-ん]/);
      expect(other.text).toContain('<html lang="en">');
    }
  });

  it("is only to be had so often by one address, so that nobody tries tokens without end", async () => {
    const from = "203.0.113.9";
    for (let at = 0; at < PAGES.times; at += 1) await open("/reset?token=guess", { from });
    const late = await open("/i/K7QM-2XPA-9D30-41VB", { from });
    expect(late.status).toBe(429);
    expect(late.text).toContain("Try again in 15 minutes.");
    expect((await open("/verify?token=abc")).status).toBe(200);
  });

  it("takes small forms alone, and no other method", async () => {
    const large = await send("/reset", { token: "x".repeat(10_000), password: "y" });
    expect(large.status).toBe(413);
    expect(
      (await open("/verify", { method: "POST", body: "{}", headers: { "content-type": "application/json" } })).status,
    ).toBe(410);
    expect((await open("/verify?token=abc", { method: "DELETE" })).status).toBe(404);
    for (const token of ["a b", "<script>", "%00", "x".repeat(200)]) {
      expect((await open(`/verify?token=${encodeURIComponent(token)}`)).status).toBe(410);
    }
  });
});

describe("/verify", () => {
  it("confirms by the button alone, once", async () => {
    const token = await tokenFor(alice, "verify");
    const form = await open(`/verify?token=${token}`);
    expect(form).toMatchObject({ status: 200 });
    expect(titleOf(form)).toBe("Confirm your e\u2011mail address");
    expect(form.text).toContain(`name="token" value="${token}"`);
    expect((await alice.call("getProfile", {})).user.emailVerified).toBe(false);
    const done = await send("/verify", { token });
    expect([done.status, titleOf(done)]).toEqual([200, "Your address is confirmed"]);
    expect((await alice.call("getProfile", {})).user.emailVerified).toBe(true);
    const again = await send("/verify", { token });
    expect([again.status, titleOf(again)]).toEqual([410, "This link does not work any more"]);
  });

  it("confirms nothing by a link that a newer one has replaced", async () => {
    const first = await tokenFor(bob, "verify");
    await bob.call("requestVerification", {});
    expect((await send("/verify", { token: first })).status).toBe(410);
    expect((await send("/verify", { token: "" })).status).toBe(410);
    expect((await bob.call("getProfile", {})).user.emailVerified).toBe(false);
    expect((await send("/verify", { token: await tokenFor(bob, "verify", first) })).status).toBe(200);
  });
});

describe("/reset", () => {
  it("[CONN-5] changes the password and ends every session at once", async () => {
    const device = await alice.connect();
    const token = await askReset(alice);
    const form = await open(`/reset?token=${token}`);
    expect(form.text).toContain("For the account alice.");
    const done = await send("/reset", { token, password: NEXT_PASSWORD, again: NEXT_PASSWORD });
    expect([done.status, titleOf(done)]).toEqual([200, "Your password is changed"]);
    expect(await device.closed).toBe(4401);
    await expect(alice.call("listContacts", {})).rejects.toThrow(`"code":${String(ParseCode.invalidSession)}`);
    await expect(alice.signIn()).rejects.toThrow("404");
    const again = await send("/reset", { token, password: "another walk", again: "another walk" });
    expect([again.status, titleOf(again)]).toEqual([410, "This link does not work any more"]);
  });

  it("says what is wrong with a password, and the link goes on working", async () => {
    const token = await askReset(bob);
    for (const [password, again, sentence] of [
      ["walks in the sun", "walks in the snow", "The two are not the same."],
      ["short", "short", "Choose a password of 8 to 72 characters."],
      ["", "", "Choose a password of 8 to 72 characters."],
      ["x".repeat(73), "x".repeat(73), "Choose a password of 8 to 72 characters."],
      ["I am Bob, hello", "I am Bob, hello", "does not hold your handle or your e\u2011mail address."],
    ] as const) {
      const { status, text } = await send("/reset", { token, password, again });
      expect(status).toBe(422);
      expect(text).toContain(sentence);
      expect(text).toContain('aria-invalid="true"');
      if (password !== "") expect(text).not.toContain(password);
    }
    expect((await bob.call("listContacts", {})).contacts).toEqual([]);
    const done = await send("/reset", { token, password: NEXT_PASSWORD, again: NEXT_PASSWORD });
    expect(done.status).toBe(200);
  });

  it("has one winner where two use a link at once", async () => {
    const carol = await app.signUp("Carol Ruiz");
    const token = await askReset(carol);
    const forms = ["the first of two", "the second of two"].map((password) =>
      send("/reset", { token, password, again: password }),
    );
    expect((await Promise.all(forms)).map(({ status }) => status).sort()).toEqual([200, 410]);
  });

  it("says of a wrong, replaced or missing token what to do", async () => {
    const dave = await app.signUp("Dave Mori");
    const first = await askReset(dave);
    await askReset(dave);
    for (const path of [`/reset?token=${first}`, "/reset?token=wrong", "/reset"]) {
      const page = await open(path);
      expect([page.status, titleOf(page)]).toEqual([410, "This link does not work any more"]);
      expect(page.text).toContain("Ask for another where you sign in to Beckon.");
    }
  });
});

describe("/i/CODE", () => {
  it("shows who invites, the code, and how to go on with Beckon and without", async () => {
    const eve = await app.signUp("Eve <b>Okada</b>");
    const { code, url } = await eve.call("createInviteLink", {});
    const path = new URL(url).pathname;
    expect(path).toBe(`/i/${code}`);
    const page = await open(path);
    expect(page.status).toBe(200);
    expect(titleOf(page)).toBe("\u2068Eve &lt;b&gt;Okada&lt;/b&gt;\u2069 invites you to Beckon");
    expect(page.text).toMatch(new RegExp(`<textarea[^>]* readonly[^>]*>${code}</textarea>`));
    expect(page.text).toContain("Three clicks on it select all of it.");
    for (const store of Object.values(STORES)) expect(page.text).toContain(`href="${store}"`);
    expect(page.text).toContain(`<b>http://localhost:${new URL(url).port}</b>`);
    const fox = await open(path.toLowerCase(), { headers: { "user-agent": "Mozilla/5.0 Gecko Firefox/140.0" } });
    expect(fox.text).toMatch(/class="button " href="https:\/\/addons\.mozilla/);
    expect(page.text).toMatch(/class="button " href="https:\/\/chromewebstore/);
    // Looking at it changes nothing.
    expect((await eve.call("listContacts", {})).contacts).toEqual([]);
  });

  it("says of one that was used, was withdrawn, has no like or is no code that it has ended, and no more", async () => {
    const [fay, gus] = [await app.signUp("Fay Mori"), await app.signUp("Gus Mori")];
    const { code } = await fay.call("createInviteLink", {});
    await gus.call("redeemInviteLink", { code });
    const { id = "", code: withdrawn } = await fay.call("createInviteLink", {});
    await fay.call("withdrawInviteLink", { link: id });
    const codes = [code, withdrawn, "0000-0000-0000-0000", "nonsense"];
    const pages = await Promise.all(codes.map((one) => open(`/i/${one}`)));
    for (const page of pages) {
      expect([page.status, titleOf(page)]).toEqual([404, "This invite has ended"]);
      expect(page.text).toContain("If you used it, there is nothing more to do.");
      expect(page.text).toBe(pages[0]!.text);
      expect(page.text).not.toContain("Fay");
    }
  });
});

it("no token, code or password of a page stands in the log, but in the lines that hand a link on", () => {
  const links = app.log.filter(({ link }) => link !== undefined);
  const tokens = links.map(({ link }) => new URL(String(link)).searchParams.get("token") ?? "");
  expect(tokens.length).toBeGreaterThan(5);
  const rest = JSON.stringify(app.log.filter(({ link }) => link === undefined));
  for (const secret of [...tokens, NEXT_PASSWORD, "/i/", "guess"]) expect(rest).not.toContain(secret);
});

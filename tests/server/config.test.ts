import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { TURN_CREDENTIAL_MS } from "#protocol";
import { readConfig, type Config } from "../../server/config.ts";
import { createLogger } from "../../server/logger.ts";

function configOf(env: Record<string, string | undefined>): Config {
  const read = readConfig(env);
  if (!read.ok) throw new Error(read.problems.join(" "));
  return read.config;
}

describe("the configuration", () => {
  it("has a default for everything", () => {
    expect(configOf({})).toEqual({
      port: 8787,
      host: undefined,
      publicUrl: undefined,
      dataDir: resolve("data"),
      databaseUri: undefined,
      spans: {
        ringMs: 45_000,
        graceMs: 10_000,
        helloMs: 10_000,
        silenceMs: 45_000,
        rejoinMs: 20_000,
        settleMs: 35_000,
        abandonMs: 60_000,
      },
      turn: undefined,
      smtp: undefined,
      stores: { chrome: undefined, firefox: undefined },
      stunUrls: [],
      allowedOrigins: [],
      registration: "open",
      logLevel: "info",
    });
  });

  it("takes what is given", () => {
    const config = configOf({
      PORT: "0",
      HOST: "127.0.0.1",
      PUBLIC_URL: "https://beckon.example.org/",
      DATABASE_URI: "postgres://someone:secret@db.example.org:5432/beckon",
      RING_MS: "1500",
      TURN_URLS: "turn:turn.example.org:3478, turns:turn.example.org:5349",
      TURN_SECRET: "shared",
      STUN_URLS: "stun:stun.example.org",
      ALLOWED_ORIGINS: "https://app.example.org,http://localhost:3000",
      REGISTRATION: "closed",
      LOG_LEVEL: "debug",
    });
    expect(config).toMatchObject({
      port: 0,
      host: "127.0.0.1",
      publicUrl: "https://beckon.example.org",
      turn: {
        urls: ["turn:turn.example.org:3478", "turns:turn.example.org:5349"],
        secret: "shared",
        forMs: TURN_CREDENTIAL_MS,
      },
      stunUrls: ["stun:stun.example.org"],
      allowedOrigins: ["https://app.example.org", "http://localhost:3000"],
      registration: "closed",
      logLevel: "debug",
    });
    expect(config.spans.ringMs).toBe(1500);
  });

  it("takes an empty value as not given", () => {
    expect(configOf({ PORT: "", DATABASE_URI: " ", TURN_SECRET: "", LOG_LEVEL: undefined })).toEqual(configOf({}));
  });

  it.each([
    ["PORT", "http", "PORT must be a port number from 0 to 65535, where 0 takes a free one."],
    ["PORT", "70000", "PORT must be a port number from 0 to 65535, where 0 takes a free one."],
    ["PORT", "-1", "PORT must be a port number from 0 to 65535, where 0 takes a free one."],
    ["HOST", "not a host", "HOST must be an address or a host name of this machine."],
    ["PUBLIC_URL", "beckon.example.org", "such as https://beckon.example.org."],
    ["PUBLIC_URL", "ftp://beckon.example.org", "such as https://beckon.example.org."],
    ["PUBLIC_URL", "https://me:secret@beckon.example.org", "such as https://beckon.example.org."],
    ["DATABASE_URI", "mongodb://db.example.org", "DATABASE_URI must be a PostgreSQL address"],
    ["DATABASE_URI", "postgres://me:a%40b@db/beckon", "must have a user name and a password of letters, digits"],
    ["RING_MS", "0", "RING_MS must be a whole number of milliseconds"],
    ["GRACE_MS", "10s", "GRACE_MS must be a whole number of milliseconds"],
    ["SETTLE_MS", "99999999999", "SETTLE_MS must be a whole number of milliseconds"],
    ["TURN_URLS", "turn.example.org", "TURN_URLS must be a list of TURN addresses"],
    ["STUN_URLS", "https://stun.example.org", "STUN_URLS must be a list of STUN addresses"],
    ["ALLOWED_ORIGINS", "https://app.example.org/path", "ALLOWED_ORIGINS must be a list of web origins"],
    ["ALLOWED_ORIGINS", "*", "ALLOWED_ORIGINS must be a list of web origins"],
    ["REGISTRATION", "maybe", "REGISTRATION must be open, invite or closed."],
    ["SMTP_URL", "smtp.example.org", "SMTP_URL must be where mail is handed over"],
    ["SMTP_URL", "https://smtp.example.org", "SMTP_URL must be where mail is handed over"],
    ["SMTP_URL", "smtp://smtp.example.org", "MAIL_FROM is missing; give the address that mail comes from"],
    ["MAIL_FROM", "beckon@example.org", "SMTP_URL is missing; say where mail is handed over"],
    ["CHROME_STORE_URL", "the store", "CHROME_STORE_URL must be where the extension is to be had"],
    ["FIREFOX_STORE_URL", "javascript:alert(1)", "FIREFOX_STORE_URL must be where the extension is to be had"],
    ["LOG_LEVEL", "loud", "LOG_LEVEL must be one of error, warn, info, debug, silent."],
  ])("says what is wrong with %s=%s", (name, value, sentence) => {
    const read = readConfig({ [name]: value });
    expect(read.ok ? [] : read.problems).toEqual([expect.stringContaining(sentence)]);
  });

  it.each([
    ["beckon@example.org", true],
    ["Beckon <beckon@example.org>", true],
    ["Beckon", false],
    ["a@example.org, b@example.org", false],
    ["Beckon <beckon@example.org>\r\nBcc: everyone@example.org", false],
  ])("takes MAIL_FROM=%j: %s", (from, isTaken) => {
    expect(readConfig({ SMTP_URL: "smtps://me:secret@smtp.example.org", MAIL_FROM: from }).ok).toBe(isTaken);
  });

  it("takes the ids of the extensions that a provider is for, as the browsers name them, and no other", () => {
    const oidc = { OIDC_ISSUER: "https://login.example.org", OIDC_CLIENT_ID: "beckon" };
    expect(configOf(oidc).oidc).toMatchObject({ extensionIds: [] });
    const ids = ["abcdefghijklmnopabcdefghijklmnop", "beckon@example.org", "{01234567-89ab-CDEF-0123-456789abcdef}"];
    expect(configOf({ ...oidc, OIDC_EXTENSION_IDS: ids.join(", ") }).oidc).toMatchObject({ extensionIds: ids });
    for (const id of [
      "beckon",
      "abcdefghijklmnopabcdefghijklmnoz",
      "https://a.chromiumapp.org",
      ids[0]!.toUpperCase(),
    ]) {
      const read = readConfig({ ...oidc, OIDC_EXTENSION_IDS: id });
      expect(read.ok ? [] : read.problems).toEqual([expect.stringContaining("OIDC_EXTENSION_IDS must be ids")]);
    }
    const lonely = readConfig({ OIDC_EXTENSION_IDS: ids[0] });
    expect(lonely.ok ? [] : lonely.problems).toEqual([expect.stringContaining("OIDC_ISSUER is missing")]);
  });

  it("takes what an OpenID provider is to be asked, of the two that there are", () => {
    const oidc = { OIDC_ISSUER: "https://login.example.org", OIDC_CLIENT_ID: "beckon" };
    expect(configOf(oidc).oidc?.prompt).toBeUndefined();
    expect(configOf({ ...oidc, OIDC_PROMPT: "login" }).oidc?.prompt).toBe("login");
    const read = readConfig({ ...oidc, OIDC_PROMPT: "none" });
    expect(read.ok ? [] : read.problems).toEqual(["OIDC_PROMPT must be login or select_account."]);
  });

  it("names every wrong value at once", () => {
    const read = readConfig({ PORT: "x", LOG_LEVEL: "y" });
    expect(read.ok ? 0 : read.problems.length).toBe(2);
  });

  it("wants a TURN server's address and secret together", () => {
    const noSecret = readConfig({ TURN_URLS: "turn:turn.example.org" });
    expect(noSecret.ok ? [] : noSecret.problems).toEqual([expect.stringContaining("TURN_SECRET is missing")]);
    const noAddress = readConfig({ TURN_SECRET: "shared" });
    expect(noAddress.ok ? [] : noAddress.problems).toEqual([expect.stringContaining("TURN_URLS is missing")]);
  });

  it("never repeats a value, which may be a secret", () => {
    const read = readConfig({ DATABASE_URI: "mysql://root:hunter22@db" });
    expect(JSON.stringify(read)).not.toContain("hunter22");
  });
});

describe("the log", () => {
  function linesOf(act: (logger: ReturnType<typeof createLogger>) => void): Record<string, unknown>[] {
    const lines: Record<string, unknown>[] = [];
    act(createLogger("info", { write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>) }));
    return lines;
  }

  it("writes one line of JSON with a sentence and an object", () => {
    const lines = linesOf((logger) => {
      logger.info("call ended", { callId: "c1", reason: "hangup" });
    });
    expect(lines).toEqual([
      { level: "info", time: expect.any(String) as string, callId: "c1", reason: "hangup", msg: "call ended" },
    ]);
  });

  it("leaves out lines that are less grave than its level", () => {
    expect(
      linesOf((logger) => {
        logger.debug("detail");
      }),
    ).toEqual([]);
  });

  it("hides secrets, also one level down", () => {
    const text = JSON.stringify(
      linesOf((logger) => {
        logger.warn("odd", { token: "r:secret1", frame: { sessionToken: "r:secret2", password: "secret3" } });
      }),
    );
    expect(text).not.toContain("secret1");
    expect(text).not.toContain("secret2");
    expect(text).not.toContain("secret3");
  });

  it("hides them also deep down, and in sentences, addresses and errors", () => {
    const token = "r:0123456789abcdef0123456789abcdef";
    const lines = linesOf((logger) => {
      logger.warn(`odd ${token}`, { a: { b: { c: { password: 'se"secret1', token: "secret2" } } } });
      logger.error("failed", {
        error: new Error(`GET https://ada:secret3@example.org/x?token=secret4&state=secret5 ${token}`),
      });
      logger.warn("Parse says", { words: '{"username":"ada","password":"secret6","_SessionToken":"secret7"}' });
      logger.warn("refused", { path: "/peer/peerjs?key=peerjs&token=secret8", kind: "what? nothing" });
      logger.error("failed", {
        error: Object.assign(new Error("duplicate"), { detail: "Key (email)=(secret9) already exists." }),
      });
    });
    expect(JSON.stringify(lines)).not.toMatch(/secret\d|r:0123/);
    expect(lines[1]).toMatchObject({ error: { message: "GET https://[hidden]@example.org/x?[hidden] [hidden]" } });
    expect(lines[3]).toMatchObject({ path: "/peer/peerjs?[hidden]", kind: "what? nothing" });
  });

  it("keeps the link that the operator is to pass on", () => {
    const link = "https://beckon.example.org/reset?token=abc";
    expect(linesOf((logger) => logger.info("a mail waits for you", { link }))).toMatchObject([{ link }]);
  });

  it("keeps the cause of an error", () => {
    const [line] = linesOf((logger) => {
      logger.error("failed", { error: new Error("outer", { cause: new Error("inner") }) });
    });
    expect(JSON.stringify(line)).toContain("inner");
  });
});

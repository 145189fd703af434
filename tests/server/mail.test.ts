import { createServer, type AddressInfo } from "node:net";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createLogger } from "../../server/logger.ts";
import { createMail, MAX_WAITING, type Mail } from "../../server/mail/mail.ts";
import { linkOf, startSmtp, type TestSmtp } from "../support/smtp.ts";
import { until } from "../support/until.ts";

const PUBLIC_URL = "https://beckon.example.org";
const HASTE = { retries: 3, minTimeout: 50, maxTimeout: 200, factor: 2 };

let smtp: TestSmtp;
let mail: Mail;
const log: string[] = [];
const logger = createLogger("info", { write: (line) => void log.push(line) });
const publicUrl = () => PUBLIC_URL;
const mailTo = (url: string) =>
  createMail({ smtp: { url, from: "Beckon <beckon@example.org>" }, publicUrl, logger, retries: HASTE });

beforeAll(async () => {
  smtp = await startSmtp();
  mail = mailTo(smtp.url);
  return async () => {
    await mail.close();
    await smtp.close();
  };
});

beforeEach(() => {
  log.length = 0;
  smtp.arrived.length = 0;
});

describe("an SMTP server", () => {
  const to = { address: "gil@example.org", handle: "gil", language: "en" } as const;
  const link = `${PUBLIC_URL}/verify?token=secret-of-gil`;

  it("that refuses for now is asked again, and one that refuses for good is not", async () => {
    smtp.refusals.push({ code: 451, words: "gil@example.org: later" });
    mail.verification(to, link);
    expect((await smtp.next()).to).toEqual(["gil@example.org"]);
    expect(log.join("")).toContain("a mail was not sent yet");
    log.length = 0;
    smtp.refusals.push({ code: 550, words: "gil@example.org: nobody" }, { code: 550, words: "asked again" });
    mail.verification(to, link);
    await expect.poll(() => log.join("")).toContain("a mail was given up");
    expect(smtp.refusals.splice(0)).toHaveLength(1);
    for (const secret of ["gil@", "secret-of-gil", "nobody"]) expect(log.join("")).not.toContain(secret);
  });

  it("that is away for a while gets the mail when it is back", async () => {
    const away = await startSmtp();
    await away.close();
    const late = mailTo(away.url);
    late.verification(to, link);
    await expect.poll(() => log.join("")).toContain("a mail was not sent yet");
    const back = await startSmtp(away.port);
    expect(linkOf(await back.next()).href).toBe(link);
    await late.close();
    await back.close();
  });

  it("that hangs keeps nobody waiting, and the stop no longer than 5 s", async () => {
    const silent = createServer();
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const { port } = silent.address() as AddressInfo;
    const stuck = mailTo(`smtp://127.0.0.1:${String(port)}`);
    stuck.passwordReset(to, link);
    const from = performance.now();
    await stuck.close();
    expect(performance.now() - from).toBeLessThan(5_000);
    expect(log.join("")).toContain("a mail was given up");
    silent.close();
  });

  it("that takes no more than so many at once costs the mails beyond them, which the log says, and no other", async () => {
    const release = smtp.hold();
    const mails = mailTo(smtp.url);
    for (let at = 0; at < MAX_WAITING + 2; at += 1)
      mails.verification({ ...to, address: `gil.${String(at)}@example.org` }, link);
    expect(log.filter((line) => line.includes("a mail was not taken"))).toHaveLength(2);
    release();
    await until("every other mail", () => Promise.resolve(smtp.arrived.length === MAX_WAITING ? true : undefined));
    const arrived = new Set(smtp.arrived.map((mail) => mail.to[0]));
    expect(arrived.size).toBe(MAX_WAITING);
    expect(arrived).not.toContain(`gil.${String(MAX_WAITING)}@example.org`);
    smtp.arrived.length = 0;
    mails.verification(to, link);
    expect((await smtp.next()).to).toEqual(["gil@example.org"]);
    await mails.close();
  });

  it("elsewhere is handed nothing without encryption, unless its address says so", async () => {
    // Another way to write this machine's address, which is not known for one.
    const elsewhere = smtp.url.replace("127.0.0.1", "127.1");
    const strict = mailTo(elsewhere);
    strict.verification(to, link);
    await expect.poll(() => log.join("")).toContain("a mail was not sent yet");
    await strict.close();
    expect(log.join("")).toContain("ETLS");
    expect(smtp.arrived).toEqual([]);
    const trusting = mailTo(`${elsewhere}?requireTLS=false`);
    trusting.verification(to, link);
    await smtp.next();
    await trusting.close();
  });
});

describe("without an SMTP server", () => {
  it("the operator finds each link in the log, and that it will be there", () => {
    const logged = createMail({ smtp: undefined, publicUrl, logger });
    expect(JSON.parse(log[0]!)).toMatchObject({ msg: expect.stringContaining("set SMTP_URL") as string });
    log.length = 0;
    const to = { address: "hal@example.org", handle: "hal", language: "en" } as const;
    logged.passwordReset(to, `${PUBLIC_URL}/reset?token=t`);
    logged.addressChanged(to);
    expect(log).toHaveLength(1);
    logged.addressHeld(to, `${PUBLIC_URL}/address?token=t`);
    expect(JSON.parse(log[1]!)).toMatchObject({ handle: "hal", link: `${PUBLIC_URL}/address?token=t` });
    expect(JSON.parse(log[0]!)).toMatchObject({ level: "warn", handle: "hal", link: `${PUBLIC_URL}/reset?token=t` });
    expect(log[0]).not.toContain("hal@example.org");
  });
});

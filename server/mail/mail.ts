import { createTransport } from "nodemailer";
import pRetry from "p-retry";
import type { Config } from "../config.ts";
import type { Language } from "../locales/text.ts";
import type { Logger } from "../logger.ts";
import { writeLetter, type LetterKind } from "./letters.ts";

/** Whoever a mail is for. */
export interface Recipient {
  address: string;
  /** For the log alone. */
  handle: string;
  language: Language;
}

/** What the accounts write to people. Each is sent behind, and nobody waits for it. */
export interface Mail {
  /** By `link` the person proves that the address is theirs. */
  verification(to: Recipient, link: string): void;
  /** By `link` the person chooses a new password. */
  passwordReset(to: Recipient, link: string): void;
  /** To the address that the account had before. */
  addressChanged(to: Recipient): void;
  /** To the address that the account had before, and that counts still: by `link` it is taken back. */
  addressHeld(to: Recipient, link: string): void;
  /** Sends what is under way, within a few seconds. */
  close(): Promise<void>;
}

export interface MailOptions {
  smtp: Config["smtp"];
  /** The server as clients see it. */
  publicUrl: () => string;
  logger: Logger;
  /** {@link RETRIES} unless a test is in a hurry. */
  retries?: typeof RETRIES;
}

/** Ten tries in about half an hour. */
const RETRIES = { retries: 9, minTimeout: 2_000, maxTimeout: 5 * 60_000, factor: 2.5 };
/** Beyond this many a mail is not taken: an SMTP server that is away must not fill the memory. */
export const MAX_WAITING = 1_000;
const CLOSE_WITHIN_MS = 4_000;

/** Sends by SMTP where the operator has set it up; else each link goes to the log. */
export function createMail(options: MailOptions): Mail {
  return options.smtp === undefined ? logMail(options.logger) : smtpMail(options.smtp, options);
}

function logMail(logger: Logger): Mail {
  logger.warn("no mail is set up: links for people come here; set SMTP_URL to send them");
  const tell = (what: string) => (to: Recipient, link: string) =>
    logger.warn(`no mail is set up: hand this link to ${what} on yourself`, { handle: to.handle, link });
  return {
    verification: tell("confirm an address"),
    passwordReset: tell("choose a new password"),
    // It holds no link, so that there is nothing to hand on.
    addressChanged: () => undefined,
    addressHeld: tell("take an address back"),
    close: () => Promise.resolve(),
  };
}

function smtpMail(smtp: NonNullable<Config["smtp"]>, { publicUrl, logger, retries = RETRIES }: MailOptions): Mail {
  const transport = createTransport({
    ...optionsOf(smtp.url),
    pool: true,
    maxConnections: 2,
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: 30_000,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const closing = new AbortController();
  const waiting = new Set<Promise<void>>();

  const deliver = async (kind: LetterKind, to: Recipient, link?: string): Promise<void> => {
    const letter = writeLetter(kind, to.language, new URL(publicUrl()).host, link);
    // As an object, so that no character of the address makes two of it.
    const mail = { from: smtp.from, to: { name: "", address: to.address }, headers: AUTOMATIC, ...letter };
    try {
      await pRetry(() => transport.sendMail({ ...mail, signal: closing.signal }), {
        ...retries,
        signal: closing.signal,
        shouldRetry: ({ error }) => !isFinal(error),
        onFailedAttempt: ({ error, retriesLeft }) =>
          logger.warn("a mail was not sent yet", { kind, ...reasonOf(error), retriesLeft }),
      });
      logger.info("a mail was sent", { kind });
    } catch (error) {
      logger.error("a mail was given up; see that SMTP_URL and MAIL_FROM are right", { kind, ...reasonOf(error) });
    }
  };
  const send = (kind: LetterKind, to: Recipient, link?: string): void => {
    if (waiting.size >= MAX_WAITING) {
      logger.error("a mail was not taken, since too many wait for the SMTP server", { kind });
      return;
    }
    const sent = deliver(kind, to, link).finally(() => waiting.delete(sent));
    waiting.add(sent);
  };
  return {
    verification: (to, link) => send("verify", to, link),
    passwordReset: (to, link) => send("reset", to, link),
    addressChanged: (to) => send("changed", to),
    addressHeld: (to, link) => send("held", to, link),
    close: async () => {
      const late = setTimeout(() => closing.abort(), CLOSE_WITHIN_MS);
      await Promise.all(waiting);
      clearTimeout(late);
      transport.close();
    },
  };
}

/** So that no holiday notice answers it (RFC 3834). */
const AUTOMATIC = { "Auto-Submitted": "auto-generated" };

/** Where the connection is not encrypted from the start it must become so, unless it stays on this machine or the address says otherwise. */
function optionsOf(address: string): { url: string; requireTLS: boolean } {
  const url = new URL(address);
  const isLocal = ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname);
  return { url: address, requireTLS: !isLocal && url.searchParams.get("requireTLS") !== "false" };
}

/** The server understood and will never take it. */
function isFinal(error: Error): boolean {
  return "responseCode" in error && typeof error.responseCode === "number" && error.responseCode >= 500;
}

/** What says why, without the address that may stand in the sentence of the SMTP server. */
function reasonOf(error: unknown): { code?: unknown; status?: unknown } {
  if (!(error instanceof Error)) return {};
  return {
    ...("code" in error ? { code: error.code } : { code: error.name }),
    ...("responseCode" in error ? { status: error.responseCode } : {}),
  };
}

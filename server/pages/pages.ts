import { ADDRESS_PATH, INVITE_PATH, readInviteCode, RESET_PATH, VERIFY_PATH } from "#protocol";
import express, { type NextFunction, type Request, type Response, type Router } from "express";
import * as v from "valibot";
import type { AccountLinks } from "../accounts/account-links.ts";
import { Counter, type Limit } from "../accounts/rate-limits.ts";
import type { Config } from "../config.ts";
import { DatabaseAway } from "../database/pool.ts";
import { addressOf } from "../http/address.ts";
import { languageOf } from "../http/language.ts";
import { textsIn, type Language, type Translate } from "../locales/text.ts";
import { addressBack, addressForm, addressStale } from "./address.ts";
import { invitePage, inviteStale } from "./invite.ts";
import { notice, sendPage, type Page } from "./page.ts";
import { resetDone, resetForm, resetStale } from "./reset.ts";
import { verifyDone, verifyForm } from "./verify.ts";

export interface PagesOptions {
  links: AccountLinks;
  /** The server as clients see it. */
  publicUrl: () => string;
  stores: Config["stores"];
  /** Pages of one address: nobody is to try tokens without end. */
  perAddress: Limit;
}

const MAX_BODY_BYTES = 4 * 1024;

const Token = v.pipe(v.string(), v.regex(/^[\w-]{1,128}$/));
const Form = v.object({
  token: v.fallback(v.optional(Token), undefined),
  password: v.fallback(v.string(), ""),
  again: v.fallback(v.string(), ""),
});

/** What makes a page of a request, in the language of whoever asks. */
type Draw = (request: Request, t: Translate, language: Language) => Page | Promise<Page>;

/** The server's own pages, which work without a script and without the extension. No token stands in any log. */
export function createPages({ links, publicUrl, stores, perAddress }: PagesOptions): Router {
  const router = express.Router({ caseSensitive: true });
  const counter = new Counter(perAddress);
  const form = express.urlencoded({ extended: false, limit: MAX_BODY_BYTES });
  const page = (draw: Draw) => async (request: Request, response: Response) => {
    const language = languageOf(request);
    const t = textsIn(language);
    const waitMs = await counter.count(addressOf(request));
    sendPage(response, language, waitMs === undefined ? await draw(request, t, language) : tooOften(t, waitMs));
  };

  router.get(
    VERIFY_PATH,
    page((request, t) => {
      const token = tokenOf(request);
      return token === undefined ? verifyDone(t, false) : verifyForm(t, token);
    }),
  );
  router.post(
    VERIFY_PATH,
    form,
    page(async (request, t) => {
      const { token } = v.parse(Form, request.body ?? {});
      return verifyDone(t, token !== undefined && (await links.confirmAddress(token)));
    }),
  );
  router.get(
    ADDRESS_PATH,
    page(async (request, t) => {
      const token = tokenOf(request);
      const email = token === undefined ? undefined : await links.formerAddress(token);
      return token === undefined || email === undefined ? addressStale(t) : addressForm(t, token, email);
    }),
  );
  router.post(
    ADDRESS_PATH,
    form,
    page(async (request, t) => {
      const { token } = v.parse(Form, request.body ?? {});
      const next = token === undefined ? undefined : await links.takeAddressBack(token);
      return next === undefined ? addressStale(t) : addressBack(t, next);
    }),
  );
  router.get(
    RESET_PATH,
    page(async (request, t) => {
      const token = tokenOf(request);
      const account = token === undefined ? undefined : await links.resetOf(token);
      return token === undefined || account === undefined ? resetStale(t) : resetForm(t, token, account.handle);
    }),
  );
  router.post(
    RESET_PATH,
    form,
    page((request, t) => reset(links, v.parse(Form, request.body ?? {}), t)),
  );
  router.get(
    `${INVITE_PATH}/:code`,
    page(async (request, t, language) => {
      const code = readInviteCode(String(request.params["code"]));
      const invite = code === undefined ? undefined : await links.shownInvite(code);
      if (code === undefined || invite === undefined) return inviteStale(t);
      const inFirefox = /\bFirefox\//.test(request.headers["user-agent"] ?? "");
      return invitePage({ t, language, invite, code, server: publicUrl(), stores, inFirefox });
    }),
  );
  router.use(answerAway);
  return router;
}

async function reset(links: AccountLinks, form: v.InferOutput<typeof Form>, t: Translate): Promise<Page> {
  const { token, password, again } = form;
  const account = token === undefined ? undefined : await links.resetOf(token);
  if (token === undefined || account === undefined) return resetStale(t);
  if (password !== again) return resetForm(t, token, account.handle, "differ");
  const outcome = await links.resetPassword(token, password);
  if (outcome === "done") return resetDone(t);
  return outcome === "stale" ? resetStale(t) : resetForm(t, token, account.handle, outcome);
}

/** Express reads no query for us: nothing else of ours has one. */
function tokenOf(request: Request): string | undefined {
  const query = new URL(request.originalUrl, "http://localhost").searchParams;
  const read = v.safeParse(Token, query.get("token"));
  return read.success ? read.output : undefined;
}

function tooOften(t: Translate, waitMs: number): Page {
  return notice(t("page.often-title"), t("page.often", { minutes: Math.ceil(waitMs / 60_000) }), 429);
}

/** Express knows a handler of errors by its four parameters. What else went wrong the app's own handler tells. */
function answerAway(error: unknown, request: Request, response: Response, next: NextFunction): void {
  if (!(error instanceof DatabaseAway)) {
    next(error);
    return;
  }
  const language = languageOf(request);
  const t = textsIn(language);
  sendPage(response, language, notice(t("page.away-title"), t("page.away"), 503));
}

import { AsyncLocalStorage } from "node:async_hooks";
import type { NextFunction, Request, Response } from "express";
import { languageOf } from "../http/language.ts";
import type { Language } from "../locales/text.ts";

const asked = new AsyncLocalStorage<Language>();

/** Remembers in which language a request is asked, for all that follows from it: Parse itself hands no header on. */
export function rememberLanguage(request: Request, _response: Response, next: NextFunction): void {
  asked.run(languageOf(request), () => next());
}

/** The language of the request that is under way. */
export function askedLanguage(): Language {
  return asked.getStore() ?? "en";
}

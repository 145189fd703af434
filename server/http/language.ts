import type { Request } from "express";
import { LANGUAGES, type Language } from "../locales/text.ts";

/** The language of ours that whoever asks likes best. */
export function languageOf(request: Request): Language {
  // Express answers with one of those it was given, or false.
  const best = request.acceptsLanguages([...LANGUAGES]);
  return LANGUAGES.find((language) => language === best) ?? "en";
}

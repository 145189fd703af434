import { DisplayName, handleOf, MAX_HANDLE, MAX_NAME, MIN_HANDLE } from "#protocol";
import * as v from "valibot";

/** Where nothing of a person's names is a handle. */
const NAMELESS = "user";
/** Beyond these, digits by chance: somebody may have taken all that come in order. */
const IN_ORDER = 9;

/** Handles for a new person, the best first, without end. `chance` gives a whole number below the one given. */
export function* handlesFor(called: string[], chance: (below: number) => number): Generator<string, never> {
  const base = called.map(handleOf).find((handle) => handle.length >= MIN_HANDLE) ?? NAMELESS;
  if (base !== NAMELESS) yield base;
  for (let number = 2; number <= IN_ORDER; number += 1) yield withDigits(base, String(number));
  for (;;) yield withDigits(base, String(chance(1_000_000)).padStart(6, "0"));
}

function withDigits(base: string, digits: string): string {
  return base.slice(0, MAX_HANDLE - digits.length) + digits;
}

/** A name from elsewhere, as far as it can be one here; undefined where it cannot. */
export function nameOf(name: string | undefined): string | undefined {
  const cut = Array.from((name ?? "").trim())
    .slice(0, MAX_NAME)
    .join("")
    .trim();
  const read = v.safeParse(DisplayName, cut);
  return read.success && cut !== "" ? read.output : undefined;
}

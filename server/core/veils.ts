import type { UserId } from "#protocol";
import type { Told } from "./presence.ts";
import { Recent } from "./recent.ts";

/** Since when one person was told that another is as they are, where that is not what everyone else was told. */
interface Apart {
  since: number | undefined;
  /** What everyone else was told; once that is another instant, all are told the same again. */
  ofOthers: number | undefined;
}

const MAX_APART = 100_000;

/**
 * What people may know of those who block them, or have blocked them: one change to offline, perhaps one back, and no
 * trace of what was between. A server that was started anew knows no instants, as it knows none of anybody. [PRES-5]
 */
export class Veils {
  readonly #apart = new Recent<string, Apart>(MAX_APART);

  /** `told`: what everyone else was told. */
  through(to: UserId, of: UserId, told: Told, isBlocked: boolean): Told {
    const apart = this.#apart.get(pair(to, of));
    if (isBlocked) return toldSince({ availability: "offline" }, apart?.since);
    return apart === undefined || apart.ofOthers !== told.since ? told : toldSince(told, apart.since);
  }

  /** From now on they see no more of them. `told`: what they were told until now. */
  drop(to: UserId, of: UserId, told: Told, at: number): void {
    const since = told.availability === "offline" ? told.since : at;
    this.#apart.set(pair(to, of), { since, ofOthers: undefined });
  }

  /** They see them again: who is there has come just now, and who is not has been away all the time. */
  lift(to: UserId, of: UserId, told: Told, at: number): void {
    const since = told.availability === "offline" ? this.#apart.get(pair(to, of))?.since : at;
    this.#apart.set(pair(to, of), { since, ofOthers: told.since });
  }
}

function toldSince({ availability, text }: Told, since: number | undefined): Told {
  return { availability, ...(text === undefined ? {} : { text }), ...(since === undefined ? {} : { since }) };
}

function pair(to: UserId, of: UserId): string {
  return `${to} ${of}`;
}

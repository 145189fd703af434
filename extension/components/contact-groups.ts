import type { UserId } from "#protocol";
import type { ContactView } from "../core/view.ts";

/** The list as it is shown. */
export interface ContactGroups {
  incoming: ContactView[];
  favourites: ContactView[];
  online: ContactView[];
  offline: ContactView[];
  outgoing: ContactView[];
  blocked: ContactView[];
}

export interface Sought {
  favourites: readonly UserId[];
  /** As it was typed; empty where nothing is looked for. */
  search: string;
}

/** Parts the contacts into their groups, and leaves them in their order. A search is for contacts alone. */
export function groupContacts(contacts: readonly ContactView[], { favourites, search }: Sought): ContactGroups {
  const wanted = fold(search);
  const first = new Set(favourites);
  const groups: ContactGroups = { incoming: [], favourites: [], online: [], offline: [], outgoing: [], blocked: [] };
  for (const contact of contacts) {
    if (contact.state !== "accepted") {
      if (wanted === "") groups[contact.state].push(contact);
    } else if (isFound(contact, wanted)) {
      groups[first.has(contact.user) ? "favourites" : contact.availability === "offline" ? "offline" : "online"].push(
        contact,
      );
    }
  }
  return groups;
}

/** Whether a folded search finds this contact, by name or by handle, with or without its sign. */
export function isFound(contact: Pick<ContactView, "name" | "handle">, folded: string): boolean {
  return folded === "" || soughtIn(contact).some((text) => text.includes(folded));
}

/** To fold a name takes longer than to look through it, and each key of a search looks through all of them. */
const known = new WeakMap<object, readonly string[]>();

function soughtIn(contact: Pick<ContactView, "name" | "handle">): readonly string[] {
  const texts = known.get(contact) ?? [fold(contact.name), `@${fold(contact.handle)}`];
  known.set(contact, texts);
  return texts;
}

/** For finding a name whatever its case, its width, its accents and its kana. */
export function fold(name: string): string {
  return name
    .normalize("NFKD")
    .replaceAll(/\p{M}/gu, "")
    .toLowerCase()
    .replaceAll(/[ァ-ヶ]/g, (kana) => String.fromCodePoint((kana.codePointAt(0) ?? 0) - KATAKANA_AFTER_HIRAGANA))
    .replaceAll(/\s+/g, " ")
    .trim();
}

/** Each katakana stands so far behind its hiragana in Unicode. */
const KATAKANA_AFTER_HIRAGANA = 0x60;

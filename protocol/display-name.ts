import * as v from "valibot";
import { MAX_NAME } from "./limits.ts";
import { shownText } from "./vocabulary.ts";

// Written as text, since only the engines that run this know the flag `v`: TypeScript's target is older.
/** Pictures out of several characters, some of which are invisible by themselves: families, flags, keycaps. */
const EMOJI = new RegExp(
  String.raw`\p{RGI_Emoji}|\p{ExtPict}[\p{EMod}\ufe0e\ufe0f]?(?:\u200d\p{ExtPict}[\p{EMod}\ufe0e\ufe0f]?)*`,
  "gv",
);

/** Scripts that cannot be written without marks for where letters join. */
const JOINING = ["Arab", "Syrc", "Deva", "Beng", "Guru", "Gujr", "Orya", "Taml", "Telu", "Knda", "Mlym", "Sinh"]
  .map((script) => String.raw`\p{scx=${script}}`)
  .join("");

/** Invisible marks in their places: joiners within words, and variants of Han and Mongolian letters, as names have them. */
const IN_PLACE = new RegExp(
  String.raw`(?<=[${JOINING}])[\u200c\u200d](?=[${JOINING}])` +
    String.raw`|(?<=\p{Script=Han})[\ufe00-\ufe02\u{e0100}-\u{e01ef}]|(?<=\p{scx=Mong})[\u180b-\u180d\u180f]`,
  "gv",
);

/** What cannot be seen, looks different to everyone, or stacks up over other lines. */
const HIDDEN = new RegExp(
  String.raw`[\p{Default_Ignorable_Code_Point}\p{Co}\p{Cs}\u2800\ufff9-\ufffb]|\p{Mn}{5,}`,
  "v",
);

/** Alphabets whose letters pass for each other's. */
const ALIKE = ["Latin", "Cyrillic", "Greek", "Armenian", "Cherokee", "Coptic"].map(
  (script) => new RegExp(String.raw`\p{Script=${script}}`, "v"),
);

function holdsHidden(text: string): boolean {
  return HIDDEN.test(text.replace(EMOJI, " ").replace(IN_PLACE, ""));
}

function mixesAlphabets(text: string): boolean {
  const words = text.match(/[\p{L}\p{M}]+/gu) ?? [];
  return words.some((word) => ALIKE.filter((alphabet) => alphabet.test(word)).length > 1);
}

/**
 * A person's name, as others see it. It holds nothing that cannot be seen, and no word out of several alphabets: a name
 * is not to pass for another. The handle beside it is what tells two people apart.
 */
export const DisplayName = v.pipe(
  shownText(MAX_NAME),
  v.check((text) => !holdsHidden(text), "must not hold invisible or private characters"),
  v.check((text) => !mixesAlphabets(text), "must not mix letters of several alphabets in one word"),
  v.normalize("NFC"),
);

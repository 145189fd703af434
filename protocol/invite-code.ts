/** Crockford's base32: digits and letters that are not taken for one another. */
export const INVITE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/** 80 bits: nobody guesses one. */
export const INVITE_LENGTH = 16;

const WELL_FORMED = new RegExp(`^[${INVITE_ALPHABET}]{${String(INVITE_LENGTH)}}$`);

/** An invite code in its one form, K7QM-2XPA-9D3H-4TVB, as somebody typed it or from its link; undefined where it is none. */
export function readInviteCode(text: string): string | undefined {
  const typed = /\/i\/([^/?#]*)/.exec(text)?.[1] ?? text;
  const code = typed
    .toUpperCase()
    .replace(/[\s\p{Dash}]/gu, "")
    .replace(/O/g, "0")
    .replace(/[IL]/g, "1");
  return WELL_FORMED.test(code) ? code.replace(/.{4}(?=.)/g, "$&-") : undefined;
}

import * as v from "valibot";
import { CallId, UserId } from "./ids.ts";
import { MAX_CALL_PAGE, MAX_EMAIL, MAX_HANDLE, MAX_PASSWORD_BYTES, MIN_HANDLE, MIN_PASSWORD_BYTES } from "./limits.ts";
import { Person } from "./server-messages.ts";
import { ContactState, DisplayName, Media, MissedWhile, Outcome } from "./vocabulary.ts";

/** The length of a text in UTF-8, in bytes; surrogate halves that stand alone count as U+FFFD, as encoders write them. */
export function utf8Bytes(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}

/** A handle: the name by which a person is found. Upper case is taken as lower case. */
export const Handle = v.pipe(
  v.string("must be text"),
  v.trim(),
  v.toLowerCase(),
  v.regex(
    new RegExp(`^[a-z0-9_.-]{${String(MIN_HANDLE)},${String(MAX_HANDLE)}}$`),
    `must be ${String(MIN_HANDLE)} to ${String(MAX_HANDLE)} characters of a–z, 0–9, _ . and -`,
  ),
);

export const Password = v.pipe(
  v.string("must be text"),
  v.check(
    (text) => utf8Bytes(text) >= MIN_PASSWORD_BYTES && utf8Bytes(text) <= MAX_PASSWORD_BYTES,
    `must be ${String(MIN_PASSWORD_BYTES)} to ${String(MAX_PASSWORD_BYTES)} bytes long`,
  ),
);

export const Email = v.pipe(
  v.string("must be text"),
  v.trim(),
  v.toLowerCase(),
  v.maxLength(MAX_EMAIL, "is too long"),
  v.rfcEmail("must be an e-mail address"),
);

const Instant = v.pipe(v.number(), v.safeInteger());

/**
 * One entry of a person's contact list. `since` in ms since 1970. An outgoing request shows the typed handle only: its
 * `user` names the request, not a person, so that nobody learns whether the handle exists.
 */
export const Contact = v.object({
  user: UserId,
  handle: v.string(),
  name: v.optional(v.string()),
  avatar: v.optional(v.string()),
  state: ContactState,
  since: Instant,
});
export type Contact = v.InferOutput<typeof Contact>;

/**
 * One call in a person's own history. `at` in ms since 1970, by the server's clock. `missedWhile` stands on a missed call
 * alone, and only for the callee. [CALL-14]
 */
export const CallRecord = v.object({
  call: CallId,
  with: Person,
  direction: v.picklist(["in", "out"]),
  media: Media,
  outcome: Outcome,
  at: Instant,
  seconds: v.number(),
  seen: v.boolean(),
  missedWhile: v.optional(MissedWhile),
});
export type CallRecord = v.InferOutput<typeof CallRecord>;

const Nothing = v.strictObject({});
const OneUser = v.strictObject({ user: UserId });
const Done = v.object({});

/** The cloud functions under `/parse/functions/`: what each takes (strictly) and what it gives. */
export const FUNCTIONS = {
  /** Makes an account and signs in. Needs no session. */
  signUp: {
    parameters: v.strictObject({ username: Handle, password: Password, email: Email, name: v.optional(DisplayName) }),
    result: v.object({
      user: v.object({ id: UserId, handle: v.string(), name: v.string() }),
      sessionToken: v.string(),
    }),
  },
  listContacts: { parameters: Nothing, result: v.object({ contacts: v.array(Contact) }) },
  /** Asks to be a contact. Answers alike whether the handle exists or not. */
  requestContact: { parameters: v.strictObject({ handle: Handle }), result: Done },
  acceptContact: { parameters: OneUser, result: Done },
  declineContact: { parameters: OneUser, result: Done },
  removeContact: { parameters: OneUser, result: Done },
  /** Blocks a contact, or whoever asked to be one. [PRES-5] */
  blockContact: { parameters: OneUser, result: Done },
  unblockContact: { parameters: OneUser, result: Done },
  /** The person's own calls, newest first; `next` is the cursor of the page behind. */
  listCalls: {
    parameters: v.strictObject({
      limit: v.optional(
        v.pipe(
          v.number("must be a number"),
          v.safeInteger("must be a whole number"),
          v.minValue(1, "must be at least 1"),
          v.maxValue(MAX_CALL_PAGE, `must be at most ${String(MAX_CALL_PAGE)}`),
        ),
      ),
      before: v.optional(v.pipe(v.string("must be text"), v.maxLength(128, "must be a cursor of ours"))),
    }),
    result: v.object({ calls: v.array(CallRecord), next: v.optional(v.string()) }),
  },
  markCallsSeen: { parameters: Nothing, result: Done },
} as const;

export type FunctionName = keyof typeof FUNCTIONS;
export type FunctionParameters<F extends FunctionName> = v.InferInput<(typeof FUNCTIONS)[F]["parameters"]>;
export type FunctionResult<F extends FunctionName> = v.InferOutput<(typeof FUNCTIONS)[F]["result"]>;

/** What Parse's `login` answers, as far as a client needs it. */
export const LoginResult = v.object({ objectId: UserId, sessionToken: v.string() });

/** The body of an error of Parse's routes. */
export const ParseFailure = v.object({ code: v.number(), error: v.string() });

/** Parse's error codes that a client tells apart (Parse's `ParseError`). */
export const ParseCode = {
  internal: 1,
  notFound: 101,
  invalid: 142,
  tooMany: 155,
  handleTaken: 202,
  emailTaken: 203,
  invalidSession: 209,
  forbidden: 119,
} as const;

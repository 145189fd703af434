import * as v from "valibot";
import { ACCOUNT_FUNCTIONS } from "./account-functions.ts";
import { Handle } from "./credentials.ts";
import { CallId, UserId } from "./ids.ts";
import { MAX_CALL_PAGE } from "./limits.ts";
import { IceServer } from "./ticket.ts";
import { Person } from "./server-messages.ts";
import { ContactState, Instant, Media, MissedWhile, Outcome } from "./vocabulary.ts";

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
  ...ACCOUNT_FUNCTIONS,
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
  /** What a ticket would name, to try out whether the way to it is open. Its credentials are good for some minutes. */
  getIceServers: { parameters: Nothing, result: v.object({ iceServers: v.array(IceServer) }) },
} as const;

export type FunctionName = keyof typeof FUNCTIONS;
export type FunctionParameters<F extends FunctionName> = v.InferInput<(typeof FUNCTIONS)[F]["parameters"]>;
export type FunctionResult<F extends FunctionName> = v.InferOutput<(typeof FUNCTIONS)[F]["result"]>;

/** What Parse's `login` answers, as far as a client needs it. */
export const LoginResult = v.object({ objectId: UserId, sessionToken: v.string() });

/** Why something is refused that was asked well, where a person can do something about it. [DEC-51] */
export const RefusalReason = v.picklist([
  "self", // one's own handle, or one's own invite link
  "blocked", // the asker blocks the person
  "contacts-full",
  "contacts-full-theirs",
  "blocked-full", // as many are blocked as can be
  "requests-full", // too many requests wait at the handle
  "links-full", // too many invite links wait to be used
]);
export type RefusalReason = v.InferOutput<typeof RefusalReason>;

/** The body of an error of Parse's routes. `field` names the parameter at fault. [DEC-51] */
export const ParseFailure = v.object({
  code: v.number(),
  error: v.string(),
  field: v.optional(v.string()),
  // A newer server may know others.
  reason: v.fallback(v.optional(RefusalReason), undefined),
});

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

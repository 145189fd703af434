import * as v from "valibot";
import { Email, Handle, Password } from "./credentials.ts";
import { DisplayName } from "./display-name.ts";
import { UserId } from "./ids.ts";
import { MAX_IMAGE_BYTES, MAX_INVITE_NOTE, MAX_PASSWORD_BYTES } from "./limits.ts";
import { Instant, shownText } from "./vocabulary.ts";

/**
 * What an account's owner reads of it. `avatar` is a path on the server which nobody can guess; `email` is missing where
 * there is none.
 */
export const OwnProfile = v.object({
  id: UserId,
  handle: v.string(),
  name: v.string(),
  avatar: v.optional(v.string()),
  email: v.optional(v.string()),
  emailVerified: v.boolean(),
  /** False where the person signs in by a provider alone. */
  hasPassword: v.boolean(),
  /** Where the person signs in by the operator's provider; missing for others. */
  byProvider: v.optional(v.literal(true)),
  /**
   * Where links for a new password go while `email` was given without a proof, empty where they go nowhere; missing where
   * they go to `email`. [DEC-52]
   */
  resetsTo: v.optional(v.string()),
});
export type OwnProfile = v.InferOutput<typeof OwnProfile>;

/** One signed-in device. `id` names the session and is no secret; `device` is the name that the device gave itself. */
export const SignedInDevice = v.object({
  id: v.string(),
  device: v.string(),
  at: Instant,
  lastUsed: Instant,
  current: v.boolean(),
});
export type SignedInDevice = v.InferOutput<typeof SignedInDevice>;

/** For whom a link is, in its maker's words: for them alone, never for whoever has the link. */
export const InviteNote = v.pipe(shownText(MAX_INVITE_NOTE), v.trim());

/** One invite link of one's own that waits. `id` names it and is no secret; its code is told at its making alone. */
export const WaitingInvite = v.object({ id: v.string(), at: Instant, expires: Instant, note: v.optional(v.string()) });
export type WaitingInvite = v.InferOutput<typeof WaitingInvite>;

/** Who made an invite link. */
const Inviter = v.object({ id: UserId, handle: v.string(), name: v.string() });

/** What a person types may be wrong, but not without end. */
const GivenPassword = v.pipe(
  v.string("must be text"),
  v.maxLength(MAX_PASSWORD_BYTES, `must be at most ${String(MAX_PASSWORD_BYTES)} bytes long`),
);

/** The code of an invite link, as it stands in the link or as a person typed it. */
export const InviteCode = v.pipe(
  v.string("must be text"),
  v.trim(),
  v.minLength(1, "must not be empty"),
  v.maxLength(64, "must be a code of ours"),
);

/** The code that the extension was sent at the end of the way through the operator's provider, and its PKCE verifier. */
const OidcCode = {
  code: v.pipe(v.string("must be text"), v.maxLength(256, "must be a code of ours")),
  verifier: v.pipe(v.string("must be text"), v.regex(/^[\w.~-]{43,128}$/, "must be a PKCE verifier (RFC 7636)")),
};

/** In place of the present password: the person has just signed in anew at the provider, for this one change. [DEC-60] */
export const OidcProof = v.strictObject(OidcCode);
export type OidcProof = v.InferOutput<typeof OidcProof>;

const Image = v.pipe(
  v.string("must be text"),
  v.maxLength(Math.ceil(MAX_IMAGE_BYTES / 3) * 4, "must be at most 1 MB large"),
  v.base64("must be base64"),
);

const Nothing = v.strictObject({});
const Done = v.object({});
const Own = v.object({ user: OwnProfile });
/** A session that just began. */
const SignedInUser = v.object({
  user: v.object({ id: UserId, handle: v.string(), name: v.string() }),
  sessionToken: v.string(),
});

/** The cloud functions about a person's own account, and about invitations. */
export const ACCOUNT_FUNCTIONS = {
  /** Makes an account and signs in. Needs no session; `invite` where the server takes invited people only. */
  signUp: {
    parameters: v.strictObject({
      username: Handle,
      password: Password,
      email: Email,
      name: v.optional(DisplayName),
      invite: v.optional(InviteCode),
    }),
    result: SignedInUser,
  },
  /**
   * Ends a sign-in at the operator's OpenID provider: the code that the extension was sent, and its PKCE verifier. Makes an
   * account where the person has none; `invite` as for `signUp`.
   */
  signInWithOidc: {
    parameters: v.strictObject({
      ...OidcCode,
      invite: v.optional(InviteCode),
    }),
    /** `isNew` where it made the account. */
    result: v.object({ ...SignedInUser.entries, isNew: v.optional(v.boolean()) }),
  },
  getProfile: { parameters: Nothing, result: Own },
  /** With `current`, the present password, or a proof in its place, another address counts at once. [DEC-52] */
  updateProfile: {
    parameters: v.strictObject({
      name: v.optional(DisplayName),
      username: v.optional(Handle),
      email: v.optional(Email),
      current: v.optional(GivenPassword),
      proof: v.optional(OidcProof),
    }),
    result: Own,
  },
  /** A picture in base64, at most 1 MB; an empty text takes the present one away. */
  setAvatar: { parameters: v.strictObject({ image: Image }), result: Own },
  /** Ends every other session. An account without a password gets its first by a proof. [DEC-60] */
  changePassword: {
    parameters: v.strictObject({
      current: v.optional(GivenPassword),
      proof: v.optional(OidcProof),
      next: Password,
    }),
    result: Done,
  },
  /** Sends a link to whoever has the address. Needs no session, and answers alike whether anybody has it. */
  requestPasswordReset: { parameters: v.strictObject({ email: Email }), result: Done },
  /** Sends the link anew that proves the account's address. */
  requestVerification: { parameters: Nothing, result: Done },
  listSessions: { parameters: Nothing, result: v.object({ sessions: v.array(SignedInDevice) }) },
  signOutSession: {
    parameters: v.strictObject({ session: v.pipe(v.string("must be text"), v.maxLength(64, "must be an id of ours")) }),
    result: Done,
  },
  /** Ends every other session. */
  signOutEverywhere: { parameters: Nothing, result: Done },
  /** Everything that is held on the person, in their own words and without secrets. */
  exportAccount: {
    parameters: Nothing,
    result: v.object({
      account: v.looseObject({ id: UserId }),
      contacts: v.array(v.unknown()),
      calls: v.array(v.unknown()),
      devices: v.array(v.unknown()),
    }),
  },
  /** Erases the account, by its password or a proof in its place. [DEC-60] */
  deleteAccount: {
    parameters: v.strictObject({ password: v.optional(GivenPassword), proof: v.optional(OidcProof) }),
    result: Done,
  },
  /** A link that makes one person a contact, within a week. An older server gives it no `id`. */
  createInviteLink: {
    parameters: v.strictObject({ note: v.optional(InviteNote) }),
    result: v.object({ id: v.optional(v.string()), code: v.string(), url: v.string(), expires: Instant }),
  },
  /** The person's own links that wait to be used, the latest first. */
  listInviteLinks: { parameters: Nothing, result: v.object({ links: v.array(WaitingInvite) }) },
  /** One of them is there no more, as if it had never been. */
  withdrawInviteLink: {
    parameters: v.strictObject({ link: v.pipe(v.string("must be text"), v.maxLength(64, "must be an id of ours")) }),
    result: Done,
  },
  /** Who made the link. Changes nothing. */
  readInviteLink: {
    parameters: v.strictObject({ code: InviteCode }),
    result: v.object({ user: Inviter, expires: Instant }),
  },
  /** Uses the link up: the two are contacts. */
  redeemInviteLink: { parameters: v.strictObject({ code: InviteCode }), result: v.object({ user: Inviter }) },
} as const;

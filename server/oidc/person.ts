import { createHash } from "node:crypto";
import * as v from "valibot";

/** Whom a provider vouches for. */
export interface ProvenPerson {
  /** The same at each sign-in, of this person alone: made of the issuer and its name for the person. */
  id: string;
  /** What they are called there, what is most like a handle first. */
  called: string[];
  name?: string;
  /** Only where the provider says that it is theirs. */
  email?: string;
}

// Providers differ in what they say besides `sub`; what is no text says nothing.
const text = v.fallback(v.optional(v.string()), undefined);
const Claims = v.object({
  sub: v.pipe(v.string(), v.minLength(1)),
  preferred_username: text,
  nickname: text,
  name: text,
  email: text,
  email_verified: v.fallback(v.optional(v.boolean()), undefined),
});

/** Throws where the claims name nobody. */
export function personOf(issuer: string, claims: Record<string, unknown>): ProvenPerson {
  const read = v.parse(Claims, claims);
  const called = [read.preferred_username, read.nickname, read.email, read.name];
  return {
    id: createHash("sha256").update(`${issuer} ${read.sub}`).digest("base64url"),
    called: called.flatMap((name) => name ?? []),
    ...(read.name === undefined ? {} : { name: read.name }),
    ...(read.email === undefined || read.email_verified !== true ? {} : { email: read.email }),
  };
}

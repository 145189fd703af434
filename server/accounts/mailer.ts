import type { UserId } from "#protocol";

/** The mails about an account. Each goes its way behind: nobody waits for it, and none of these throws. */
export interface Mail {
  /** The link that proves the address which the account has now. */
  verification(user: UserId): void;
  /** To the address that an account had until now: it has another. */
  addressChanged(old: { email: string; name: string }): void;
}

/**
 * What is wrong with a password of this account, as the rest of a sentence. Its length is the schema's to look at. To be
 * asked wherever a password is set: Parse looks for the handle alone, and only as it is written.
 */
export function passwordProblem(
  password: string,
  account: { handle: string; email?: string | undefined },
): string | undefined {
  const typed = password.toLowerCase();
  const email = account.email?.toLowerCase() ?? "";
  if (account.handle !== "" && typed.includes(account.handle)) return "must not hold the handle";
  if (email !== "" && (typed.includes(email) || typed === email.split("@", 1)[0])) {
    return "must not hold the e-mail address";
  }
  return undefined;
}

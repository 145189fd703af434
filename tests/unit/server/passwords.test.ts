import { describe, expect, it } from "vitest";
import { passwordProblem } from "../../../server/accounts/passwords.ts";

describe("a password", () => {
  const account = { handle: "newcomer", email: "new.person@example.org" };

  it.each([
    ["newcomer1", "must not hold the handle"],
    ["I am NewComer", "must not hold the handle"],
    ["New.Person@Example.Org", "must not hold the e-mail address"],
    ["is new.person@example.org", "must not hold the e-mail address"],
    ["New.Person", "must not hold the e-mail address"],
    ["new.person walks in the rain", undefined],
    ["correct horse battery", undefined],
  ])("of %j: %s", (password, problem) => {
    expect(passwordProblem(password, account)).toBe(problem);
  });

  it("is looked at where there is no e-mail address", () => {
    expect(passwordProblem("", { handle: "newcomer" })).toBeUndefined();
    expect(passwordProblem("newcomer", { handle: "newcomer" })).toBe("must not hold the handle");
  });
});

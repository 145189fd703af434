import { ParseCode, UserId, type DeviceId } from "#protocol";
import * as v from "valibot";
import type { Profile } from "./accounts.ts";
import { passwordProblem } from "./passwords.ts";
import { databaseAway, Refusal, wrongField } from "./refusals.ts";

/** The SDK inside Parse Server, which hands it to its cloud code. */
export type ParseSdk = typeof import("parse/node");

export interface NewAccount {
  user: Profile;
  sessionToken: string;
  /** Where an account was made that might have been there. */
  isNew?: true;
}

interface SignUpForm {
  username: string;
  password: string;
  email: string;
  name?: string | undefined;
}

const Made = v.object({ id: UserId, sessionToken: v.string() });

/** Makes an account and signs it in on the device. Throws a {@link Refusal} where handle or e-mail are taken. */
export async function makeAccount(parse: ParseSdk, form: SignUpForm, device: DeviceId): Promise<NewAccount> {
  const { username, password, email } = form;
  const name = form.name?.trim() ?? "";
  const problem = passwordProblem(password, { handle: username, email });
  if (problem !== undefined) throw wrongField("password", `In signUp 'password' ${problem}.`);
  const user = new parse.User();
  try {
    // Parse makes no session for calls from inside the process, unless they name the device that it is for.
    await user.signUp(
      { username, password, email, name: name === "" ? username : name },
      { useMasterKey: true, installationId: device },
    );
  } catch (error) {
    throw refusalOf(parse, error);
  }
  const made = v.parse(Made, { id: user.id, sessionToken: user.getSessionToken() });
  return {
    user: { id: made.id, handle: username, name: name === "" ? username : name },
    sessionToken: made.sessionToken,
  };
}

function refusalOf(parse: ParseSdk, error: unknown): unknown {
  if (!(error instanceof parse.Error)) return error;
  switch (error.code) {
    case parse.Error.USERNAME_TAKEN:
      return new Refusal(ParseCode.handleTaken, "This handle is taken; choose another.");
    case parse.Error.EMAIL_TAKEN:
      return new Refusal(ParseCode.emailTaken, "This e-mail address already has an account; sign in, or use another.");
    case parse.Error.VALIDATION_ERROR:
      // The schema took its length; what Parse looks at besides is the handle in it.
      return wrongField("password", "In signUp 'password' must not hold the handle.");
    case parse.Error.INTERNAL_SERVER_ERROR:
      return databaseAway();
    default:
      return error;
  }
}

import { FUNCTIONS, PARSE_APP_ID, PARSE_PATH, type FunctionName, type FunctionParameters } from "#protocol";
import type { FunctionResult, UserId } from "#protocol";
import * as v from "valibot";

/** A person who has, or will have, an account. */
export interface Account {
  readonly handle: string;
  readonly name: string;
  readonly email: string;
  readonly password: string;
}

/** An account that exists, with a session to act for its person. */
export interface SignedUp extends Account {
  readonly user: UserId;
  readonly token: string;
}

/** A person by their name: "Alice Okada" has the handle alice. */
export function account(name: string): Account {
  const handle = name.split(" ")[0]!.toLowerCase();
  return { handle, name, email: `${handle}@example.org`, password: "walks in the rain" };
}

/** Makes the account over the server's own function. */
export async function signUp(server: string, person: Account): Promise<SignedUp> {
  const { handle: username, name, email, password } = person;
  const { user, sessionToken } = await callFunction(server, "signUp", { username, name, email, password });
  return { ...person, user: user.id, token: sessionToken };
}

/** Makes two people contacts of each other: one asks, the other accepts. */
export async function befriend(server: string, one: SignedUp, other: SignedUp): Promise<void> {
  await callFunction(server, "requestContact", { handle: other.handle }, one.token);
  await callFunction(server, "acceptContact", { user: one.user }, other.token);
}

/** Who asks: the bearer of a token, perhaps from an address for which a proxy on this machine would speak. */
export interface Asker {
  readonly token: string;
  readonly from: string;
}

/** Calls a function of the server as the bearer of a token; throws with the server's answer where it refuses. */
export async function callFunction<F extends FunctionName>(
  server: string,
  name: F,
  parameters: FunctionParameters<F>,
  asker?: string | Asker,
): Promise<FunctionResult<F>> {
  const { token, from } = typeof asker === "object" ? asker : { token: asker };
  const response = await fetch(`${server}${PARSE_PATH}/functions/${name}`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "x-parse-application-id": PARSE_APP_ID,
      ...(token === undefined
        ? { "x-parse-installation-id": crypto.randomUUID() }
        : { "x-parse-session-token": token }),
      ...(from === undefined ? {} : { "x-forwarded-for": from }),
    },
    body: JSON.stringify(parameters),
  });
  const body = await response.text();
  if (!response.ok) throw new Error(`${name} was refused with ${String(response.status)}: ${body}`);
  const { result } = v.parse(v.object({ result: v.unknown() }), JSON.parse(body));
  // The schema is that of the function's own name, which the compiler cannot follow through the index.
  return v.parse(FUNCTIONS[name].result, result);
}

import { ParseCode } from "#protocol";
import type { NextFunction, Request, Response } from "express";
import * as v from "valibot";
import { addressOf } from "../http/address.ts";
import type { KnownDevices } from "./known-devices.ts";
import type { PasswordTries } from "./password-tries.ts";
import { Refusal, tooMany } from "./refusals.ts";

const LoginBody = v.strictObject({
  username: v.pipe(v.string("must be text"), v.trim(), v.toLowerCase(), v.maxLength(254, "is too long")),
  password: v.pipe(v.string("must be text"), v.maxLength(1_024, "is too long")),
});

/** Counts a sign-in, and remembers the device of one that came to something. */
export function limitLogin(tries: PasswordTries, devices: KnownDevices) {
  return async (request: Request, response: Response, next: NextFunction): Promise<void> => {
    const read = v.safeParse(LoginBody, request.body);
    if (!read.success) throw new Refusal(ParseCode.invalid, loginProblem(read.issues[0]));
    const account = read.output.username;
    const device = request.get("x-parse-installation-id");
    const made = await tries.begin({ account, address: addressOf(request), device });
    if (made.waitMs !== undefined) throw tooMany(made.waitMs);
    request.body = read.output;
    response.once("finish", () => {
      // Only what failed counts on. The counters do not fail, and a device handles its own failure.
      if (response.statusCode === 200) {
        void made.right();
        if (device !== undefined) void devices.remember(account, device);
      } else if (response.statusCode < 500) void made.wrong();
      else void made.unanswered();
    });
    next();
  };
}

function loginProblem(issue: v.BaseIssue<unknown>): string {
  const field = v.getDotPath(issue) ?? "";
  if (issue.type === "strict_object" && issue.expected === "never")
    return `login does not know the field '${field}'; leave it out.`;
  if (issue.input === undefined) return `login needs the field '${field}'; give it.`;
  return `In login '${field}' ${issue.message}.`;
}

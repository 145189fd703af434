import { ParseCode } from "#protocol";
import type { NextFunction, Request, Response } from "express";
import { setTimeout as wait } from "node:timers/promises";
import * as v from "valibot";
import { addressOf } from "../http/address.ts";
import type { KnownDevices } from "./known-devices.ts";
import { Counter, type AccountLimits } from "./rate-limits.ts";
import { Refusal, tooMany } from "./refusals.ts";

const LoginBody = v.strictObject({
  username: v.pipe(v.string("must be text"), v.trim(), v.toLowerCase(), v.maxLength(254, "is too long")),
  password: v.pipe(v.string("must be text"), v.maxLength(1_024, "is too long")),
});

/** Whose try it is, and what is to be done with its counts once it is answered. */
interface Try {
  /** How long to wait before the next; undefined where it may go on. */
  waitMs: number | undefined;
  right: () => Promise<unknown>;
  unanswered: () => Promise<unknown>;
}

/**
 * Guessing is slowed by address and account. Nobody else's wrong passwords keep an owner out: not from another address,
 * and where they are at the owner's own, not from a device on which the owner was signed in before.
 */
export function limitLogin(limits: AccountLimits["login"], devices: KnownDevices) {
  const byAddress = new Counter(limits.perAddress);
  const byBoth = new Counter(limits.perAccountAndAddress);
  const byDevice = new Counter(limits.perAccountAndAddress);
  const byAccount = new Counter(limits.perAccount);

  const ofStranger = async (account: string, address: string): Promise<Try> => {
    const both = `${address} ${account}`;
    const waitMs = (await byAddress.count(address)) ?? (await byBoth.count(both));
    if (waitMs === undefined && (await byAccount.isBeyond(account))) await wait(limits.delayMs);
    return {
      waitMs,
      right: () => Promise.all([byBoth.forget(both), byAddress.undo(address)]),
      unanswered: () => Promise.all([byBoth.undo(both), byAddress.undo(address)]),
    };
  };

  const ofOwner = async (account: string, device: string): Promise<Try> => {
    const both = `${device} ${account}`;
    return {
      waitMs: await byDevice.count(both),
      right: () => byDevice.forget(both),
      unanswered: () => byDevice.undo(both),
    };
  };

  return async (request: Request, response: Response, next: NextFunction): Promise<void> => {
    const read = v.safeParse(LoginBody, request.body);
    if (!read.success) throw new Refusal(ParseCode.invalid, loginProblem(read.issues[0]));
    const account = read.output.username;
    const device = request.get("x-parse-installation-id");
    const isKnown = device !== undefined && (await devices.knows(account, device));
    const made = isKnown ? await ofOwner(account, device) : await ofStranger(account, addressOf(request));
    if (made.waitMs !== undefined) throw tooMany(made.waitMs);
    request.body = read.output;
    response.once("finish", () => {
      // Only what failed counts on. The counters are in memory and do not fail, and a device handles its own failure.
      if (response.statusCode === 200) {
        void made.right();
        if (device !== undefined) void devices.remember(account, device);
      } else if (response.statusCode < 500) void byAccount.count(account);
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

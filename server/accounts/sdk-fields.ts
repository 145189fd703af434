import { DeviceId, ParseCode } from "#protocol";
import type { IncomingHttpHeaders } from "node:http";
import * as v from "valibot";
import { Refusal } from "./refusals.ts";

/** What could stand in a header, too. */
const HeaderText = v.pipe(v.string("must be text"), v.regex(/^[!-~]{1,256}$/, "must be 1 to 256 plain characters"));

/** What Parse's own SDK writes into its bodies: what others say in headers, and what makes no difference here. */
const SdkFields = v.strictObject({
  _ApplicationId: v.optional(HeaderText),
  _InstallationId: v.optional(DeviceId),
  _SessionToken: v.optional(HeaderText),
  _ClientVersion: v.optional(v.string("must be text")),
  _JavaScriptKey: v.optional(v.string("must be text")),
  _RevocableSession: v.optional(v.string("must be text")),
  _method: v.optional(v.literal("POST", "must be POST")),
});

/**
 * Takes the SDK's fields out of a body and puts those that matter into the headers, so that nothing behind it need know
 * of two ways to say the same. Throws a {@link Refusal} for any other field with an underscore: keys are such fields.
 */
export function takeSdkFields(body: Record<string, unknown>, headers: IncomingHttpHeaders): Record<string, unknown> {
  const entries = Object.entries(body);
  const read = v.safeParse(SdkFields, Object.fromEntries(entries.filter(([name]) => isOfSdk(name))));
  if (!read.success) throw new Refusal(ParseCode.invalid, problemOf(read.issues[0]));
  const { _ApplicationId: app, _InstallationId: device, _SessionToken: token } = read.output;
  if (app !== undefined) headers["x-parse-application-id"] = app;
  if (device !== undefined) headers["x-parse-installation-id"] = device;
  if (token !== undefined) headers["x-parse-session-token"] = token;
  return Object.fromEntries(entries.filter(([name]) => !isOfSdk(name)));
}

/** Names with two underscores are those by which Parse makes objects, and are refused wherever they stand. */
function isOfSdk(name: string): boolean {
  return name.startsWith("_") && !name.startsWith("__");
}

function problemOf(issue: v.BaseIssue<unknown>): string {
  const field = (v.getDotPath(issue) ?? "").slice(0, 40);
  if (issue.type === "strict_object") return `The field '${field}' is not accepted anywhere in a body; leave it out.`;
  return `The field '${field}' ${issue.message}.`;
}

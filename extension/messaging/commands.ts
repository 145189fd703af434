import {
  CallId,
  Choice,
  DisplayName,
  Email,
  FUNCTIONS,
  Handle,
  InviteCode,
  Media,
  OidcProof,
  Password,
  RefusalReason,
  SecondCall,
  StatusText,
  UserId,
  type FunctionParameters,
  type FunctionResult,
} from "#protocol";
import * as v from "valibot";
import { DeviceChange } from "./device-settings.ts";

/** The server's functions that a page asks by itself, because nobody but the page needs the answer. */
const AskedFunction = v.picklist([
  "getProfile",
  "updateProfile",
  "setAvatar",
  "changePassword",
  "requestVerification",
  "listSessions",
  "signOutSession",
  "signOutEverywhere",
  "exportAccount",
  "createInviteLink",
  "listInviteLinks",
  "withdrawInviteLink",
  "readInviteLink",
  "redeemInviteLink",
  "getIceServers",
]);
export type AskedFunction = v.InferOutput<typeof AskedFunction>;

const Server = v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(2048));

/** What a page of ours may ask of the background. Each is answered with a {@link CommandAnswer}. */
export const Command = v.variant("type", [
  /** Looks the server up by discovery, and remembers nothing. The answer brings a {@link ServerOffer}. */
  v.strictObject({ type: v.literal("checkServer"), server: Server }),
  v.strictObject({
    type: v.literal("signIn"),
    server: Server,
    handle: Handle,
    password: v.pipe(v.string(), v.minLength(1)),
  }),
  v.strictObject({
    type: v.literal("signUp"),
    server: Server,
    handle: Handle,
    name: DisplayName,
    email: Email,
    password: Password,
    /** Where the server takes invited people only. */
    invite: v.optional(InviteCode),
  }),
  /** Has a link sent to whoever has the address; answers alike whether anybody has it. */
  v.strictObject({ type: v.literal("requestPasswordReset"), server: Server, email: Email }),
  /** Signs in by the operator's provider, in a window that the browser opens for it; {@link isNewAccount} tells what came of it. */
  v.strictObject({ type: v.literal("signInByProvider"), server: Server, invite: v.optional(InviteCode) }),
  v.strictObject({ type: v.literal("signOut") }),
  /** `forMs` from now; without it the choice has no end. */
  v.strictObject({
    type: v.literal("setPresence"),
    availability: v.optional(Choice),
    text: v.optional(StatusText),
    forMs: v.optional(v.number()),
  }),
  /** The person's settings, on every device. What is left out stays. */
  v.strictObject({
    type: v.literal("setSettings"),
    showBusy: v.optional(v.boolean()),
    secondCall: v.optional(SecondCall),
  }),
  /** Whether this contact rings through one's own do not disturb. */
  v.strictObject({ type: v.literal("letThrough"), user: UserId, on: v.boolean() }),
  /** Whether this contact stands first in the person's list. */
  v.strictObject({ type: v.literal("favourite"), user: UserId, on: v.boolean() }),
  /** To be told when both are free, until the day ends; or no longer. */
  v.strictObject({ type: v.literal("watchContact"), user: UserId, on: v.boolean() }),
  /** For this device alone, whoever is signed in. What is left out stays. */
  v.strictObject({ type: v.literal("setDevice"), change: DeviceChange }),
  /** Tries the line to the server; answered with a {@link LineTrial}. */
  v.strictObject({ type: v.literal("tryLine") }),
  /** Rings and notifies for a moment, as a call would; answered with a {@link RingTrial}. */
  v.strictObject({ type: v.literal("tryRing") }),
  /** Answered with what a report of a fault needs, which holds nothing of anybody. */
  v.strictObject({ type: v.literal("readDiagnostics") }),
  /** Asks one of the server's functions; the parameters are held against its schema by {@link readQuestion}. */
  v.strictObject({ type: v.literal("ask"), name: AskedFunction, parameters: v.unknown() }),
  /** Leads the person to the operator's provider, who shows that the account is theirs; answered with a proof for one act. [DEC-60] */
  v.strictObject({ type: v.literal("proveByProvider") }),
  /** Erases the account, and signs out. */
  v.strictObject({
    type: v.literal("deleteAccount"),
    password: v.optional(v.string()),
    proof: v.optional(OidcProof),
  }),
  v.strictObject({ type: v.literal("requestContact"), handle: Handle }),
  v.strictObject({ type: v.literal("acceptContact"), user: UserId }),
  v.strictObject({ type: v.literal("declineContact"), user: UserId }),
  v.strictObject({ type: v.literal("removeContact"), user: UserId }),
  v.strictObject({ type: v.literal("blockContact"), user: UserId }),
  v.strictObject({ type: v.literal("unblockContact"), user: UserId }),
  v.strictObject({ type: v.literal("placeCall"), user: UserId, media: Media }),
  v.strictObject({ type: v.literal("acceptCall"), call: CallId, media: Media }),
  v.strictObject({ type: v.literal("declineCall"), call: CallId }),
  /** No more sound of this ring on this device; nobody learns of it. */
  v.strictObject({ type: v.literal("silenceRing"), call: CallId }),
  /** Cancels, declines or hangs up, whichever the call's state makes it. */
  v.strictObject({ type: v.literal("hangUp"), call: CallId }),
  /** The card or page of an ended call was read. */
  v.strictObject({ type: v.literal("dismissCall"), call: CallId }),
  /** Reads the history again, or the page behind what is known of it. */
  v.strictObject({ type: v.literal("readCalls") }),
  v.strictObject({ type: v.literal("moreCalls") }),
  /** A link was pasted, or came with an account: it waits for the person's answer on the page of invites. */
  v.strictObject({ type: v.literal("openInvite"), code: InviteCode, server: v.optional(Server) }),
  /** The person has answered it, or does not want to now. */
  v.strictObject({ type: v.literal("closeInvite"), code: InviteCode }),
  /** Try the server again now. */
  v.strictObject({ type: v.literal("retryNow") }),
  /** Brings the tab of the present call to the front, or opens it again. */
  v.strictObject({ type: v.literal("showCallTab") }),
  /** Opens the small window of the present call, or closes it. Within a click, which is handed on to the call's page. */
  v.strictObject({ type: v.literal("togglePicture") }),
]);
export type Command = v.InferOutput<typeof Command>;

/** What can go wrong with a command; each has one sentence in the message files, under `problem.<name>`. */
export const Problem = v.picklist([
  "server-address", // not a web address
  "server-insecure", // http: to another machine
  "server-unreachable", // nothing answered at an address that was typed
  "server-away", // the server that was found before does not answer
  "server-not-beckon", // something answered, but no Beckon server
  "server-redirects", // the address leads elsewhere
  "server-too-old", // speaks no protocol that we know
  "wrong-password",
  "provider-closed", // the person closed the provider's window, or said no there
  "provider-away", // the provider does not answer the server
  "provider-failed", // what came back from the provider does not hold
  "handle-taken",
  "email-taken",
  "registration-closed",
  "given-up", // another sign-in was begun since
  "storage", // the browser does not keep what it must
  "bad-input", // a field was refused; `field` says which, where it is one of a form's
  "too-many", // rate limited
  "server-trouble", // the server answered that it cannot just now
  "offline",
  "in-a-call",
  "not-found",
  "list-full", // a list of contacts in the settings holds no more
  "signed-out",
  ...RefusalReason.options, // what the server says of something that was asked well
]);
export type Problem = v.InferOutput<typeof Problem>;

/** The fields of our forms that something can be refused for; `current` is the present password. */
export const FormField = v.picklist(["name", "handle", "email", "password", "current", "text", "invite"]);
export type FormField = v.InferOutput<typeof FormField>;

/** The field of a form that a parameter of the server's functions, or of a command, is typed into. */
export function formField(parameter: string | null | undefined): FormField | undefined {
  const read = v.safeParse(FormField, NAMED_OTHERWISE.get(parameter ?? "") ?? parameter);
  return read.success ? read.output : undefined;
}

const NAMED_OTHERWISE: ReadonlyMap<string, FormField> = new Map([
  ["username", "handle"],
  ["next", "password"],
]);

/** How a server lets people in. */
export const ServerOffer = v.object({
  registration: v.picklist(["open", "invite", "closed"]),
  /** The operator's provider, by the name that its button bears. */
  provider: v.optional(v.string()),
  /** False where links for a new password go to whoever runs it. */
  mail: v.optional(v.boolean()),
});
export type ServerOffer = v.InferOutput<typeof ServerOffer>;

/** What `checkServer` found, or undefined where it found no server. */
export function readOffer(answer: CommandAnswer): ServerOffer | undefined {
  const read = v.safeParse(ServerOffer, answer.ok ? answer.value : undefined);
  return read.success ? read.output : undefined;
}

/** Whether a sign-in by the operator's provider made an account. */
export function isNewAccount(answer: CommandAnswer): boolean {
  return answer.ok && v.is(v.object({ isNew: v.literal(true) }), answer.value);
}

/** The proof that a person brought from the provider, or why there is none. */
export function readProof(answer: CommandAnswer): { ok: true; value: OidcProof } | Refused {
  if (!answer.ok) return answer;
  const read = v.safeParse(OidcProof, answer.value);
  return read.success ? { ok: true, value: read.output } : { ok: false, problem: "provider-failed" };
}

export const CommandAnswer = v.variant("ok", [
  /** `value` is what a question of the server's functions brought. */
  v.object({ ok: v.literal(true), value: v.optional(v.unknown()) }),
  v.object({ ok: v.literal(false), problem: Problem, field: v.optional(FormField) }),
]);
export type CommandAnswer = v.InferOutput<typeof CommandAnswer>;

/** Why something was refused. */
export type Refused = Extract<CommandAnswer, { ok: false }>;

/** The parameters of a question, or undefined where they are not what the function takes. */
export function readQuestion<F extends AskedFunction>(name: F, given: unknown): FunctionParameters<F> | undefined {
  return v.is(FUNCTIONS[name].parameters, given) ? given : undefined;
}

export type Asked<F extends AskedFunction> = { ok: true; value: FunctionResult<F> } | Refused;

/** What the background answered to a question of the function. */
export function readAsked<F extends AskedFunction>(name: F, answer: CommandAnswer): Asked<F> {
  if (!answer.ok) return answer;
  const read = v.safeParse(FUNCTIONS[name].result, answer.value);
  return read.success ? { ok: true, value: read.output } : { ok: false, problem: "server-trouble" };
}

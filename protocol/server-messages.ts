import * as v from "valibot";
import { parseObject } from "./client-messages.ts";
import { CallId, UserId } from "./ids.ts";
import { Ticket } from "./ticket.ts";
import { AlertMode, Availability, Choice, EndReason, ErrorCode, Media, SecondCall, Span } from "./vocabulary.ts";

const re = v.optional(v.number());
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** A person as a call names them. */
export const Person = v.object({ user: UserId, name: v.string() });
export type Person = v.InferOutput<typeof Person>;

/** A user as their own devices show them; `avatar` is a path on the server. */
const Shown = v.object({ handle: v.string(), name: v.string(), avatar: v.optional(v.string()) });

/** `letThrough` names the contacts who ring through the user's `dnd`, `favourites` whom they want first; missing where there are none. */
export const Settings = v.object({
  showBusy: v.boolean(),
  secondCall: SecondCall,
  letThrough: v.optional(v.array(UserId)),
  favourites: v.optional(v.array(UserId)),
});
export type Settings = v.InferOutput<typeof Settings>;

/** One contact's presence. `since` is its age in ms. */
export const ContactPresence = v.object({
  user: UserId,
  availability: Availability,
  text: v.optional(v.string()),
  since: v.optional(Span),
});
export type ContactPresence = v.InferOutput<typeof ContactPresence>;

/** A call of this user that rings or runs, as `welcome` lists it. Spans in ms. */
export const WelcomeCall = v.variant("state", [
  v.object({
    call: CallId,
    state: v.literal("outgoing"),
    devices: count,
    mode: v.optional(AlertMode),
    ticket: v.optional(Ticket),
  }),
  v.object({
    call: CallId,
    state: v.literal("incoming"),
    from: Person,
    media: Media,
    remaining: Span,
    waiting: v.optional(v.boolean()),
  }),
  v.object({ call: CallId, state: v.literal("running"), with: Person, media: Media, here: v.boolean(), age: Span }),
]);
export type WelcomeCall = v.InferOutput<typeof WelcomeCall>;

/** Each message from the server, by its type. Lenient: a client ignores what it does not know. */
const schemas = {
  /** The answer to hello, and the whole truth: a client that held anything else drops it. Spans in ms. */
  welcome: v.object({
    type: v.literal("welcome"),
    re,
    user: v.object({
      id: UserId,
      ...Shown.entries,
      availability: Choice,
      text: v.optional(v.string()),
      until: v.optional(Span),
    }),
    settings: Settings,
    contacts: v.array(ContactPresence),
    calls: v.array(WelcomeCall),
    missed: count,
    heartbeat: Span,
    rejoin: Span,
    settling: v.optional(Span),
  }),
  /** The user's own choice or settings changed, on whichever device; with `user` also, or only, their profile. */
  self: v.object({
    type: v.literal("self"),
    re,
    availability: Choice,
    text: v.optional(v.string()),
    until: v.optional(Span),
    settings: Settings,
    user: v.optional(Shown),
  }),
  /** One contact changed. */
  presence: v.object({ type: v.literal("presence"), ...ContactPresence.entries }),
  /** The contact list or a request changed: read it again. */
  "contacts.changed": v.object({ type: v.literal("contacts.changed"), user: v.optional(UserId) }),
  /** The number of unseen missed calls changed. */
  missed: v.object({ type: v.literal("missed"), count }),
  /** Ring. `remaining` in ms. `waiting`: quietly, since the user is in a call, on whichever device. [CALL-9] */
  "call.incoming": v.object({
    type: v.literal("call.incoming"),
    call: CallId,
    from: Person,
    media: Media,
    remaining: Span,
    waiting: v.optional(v.boolean()),
  }),
  /** To the caller, from the first receipt on; the ticket lets the call tab get ready while it rings. */
  "call.ringing": v.object({
    type: v.literal("call.ringing"),
    call: CallId,
    devices: count,
    mode: AlertMode,
    ticket: Ticket,
  }),
  /** To the caller's device, and to the one that answered. */
  "call.accepted": v.object({ type: v.literal("call.accepted"), re, call: CallId, media: Media, ticket: Ticket }),
  "call.rejoined": v.object({ type: v.literal("call.rejoined"), re, call: CallId, ticket: Ticket }),
  "call.signal": v.object({ type: v.literal("call.signal"), call: CallId, data: v.unknown() }),
  /** With `merged`, `into` names the call that goes on. `seconds` is the length of a talk, as its record says. [CALL-6, CALL-14] */
  "call.ended": v.object({
    type: v.literal("call.ended"),
    re,
    call: CallId,
    reason: EndReason,
    into: v.optional(CallId),
    seconds: v.optional(count),
  }),
  ok: v.object({ type: v.literal("ok"), re }),
  /** `retryAfter` in ms; `field` is the path of the field at fault. */
  error: v.object({
    type: v.literal("error"),
    re,
    code: ErrorCode,
    message: v.string(),
    field: v.optional(v.string()),
    retryAfter: v.optional(Span),
  }),
  pong: v.object({ type: v.literal("pong"), re }),
};

export type ServerMessageType = keyof typeof schemas;
export type ServerMessageOf<T extends ServerMessageType> = v.InferOutput<(typeof schemas)[T]>;
export type ServerMessage = { [T in ServerMessageType]: ServerMessageOf<T> }[ServerMessageType];

/** `ignored` is true for a type of a newer server, which is no fault of anyone's. */
export type DecodedServerFrame =
  { ok: true; message: ServerMessage } | { ok: false; ignored: boolean; problem: string };

/** Reads one frame from a server, leniently. Never throws. */
export function decodeServerFrame(frame: string): DecodedServerFrame {
  const parsed = parseObject(frame);
  if (parsed === undefined) return { ok: false, ignored: false, problem: "not a JSON object" };
  const type = parsed["type"];
  if (typeof type !== "string" || !isServerMessageType(type))
    return { ok: false, ignored: true, problem: "unknown type" };
  const read = v.safeParse(schemas[type], parsed);
  if (read.success) return { ok: true, message: read.output };
  const field = v.getDotPath(read.issues[0]);
  return { ok: false, ignored: false, problem: `${type}: ${field ?? "message"}: ${read.issues[0].message}` };
}

function isServerMessageType(type: string): type is ServerMessageType {
  return Object.hasOwn(schemas, type);
}

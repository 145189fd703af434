import * as v from "valibot";
import { CallId, DeviceId, UserId } from "./ids.ts";
import { MAX_ACTIVE_CALLS, MAX_DEVICE_NAME, MAX_FAVOURITES, MAX_LET_THROUGH, MAX_UNTIL_MS } from "./limits.ts";
import { AlertMode, Choice, Media, SecondCall, shownText, Span, StatusText } from "./vocabulary.ts";

/** A client may number a request; the answer carries the number as `re`. */
const id = v.optional(
  v.pipe(
    v.number("must be a positive integer"),
    v.safeInteger("must be a positive integer"),
    v.minValue(1, "must be a positive integer"),
  ),
);

const flag = v.boolean("must be true or false");

/** A call whose media still flows on this device, told to a server that may have been restarted. [CALL-11] */
export const ActiveCall = v.strictObject({ call: CallId, with: UserId, age: Span });
export type ActiveCall = v.InferOutput<typeof ActiveCall>;

/** A list of contacts, all of them. */
function contactsUpTo(most: number) {
  return v.optional(v.pipe(v.array(UserId), v.maxLength(most, `must name at most ${String(most)} contacts`)));
}

/** Each message from a client, by its type. Strict: an unknown field is refused. */
const schemas = {
  /** The first frame, within 10 s. A hello without `idle` counts as attended. */
  hello: v.strictObject({
    type: v.literal("hello"),
    id,
    token: v.pipe(
      v.string("must be text"),
      v.minLength(1, "must not be empty"),
      v.maxLength(512, "must be at most 512 characters"),
    ),
    device: v.strictObject({ id: DeviceId, name: shownText(MAX_DEVICE_NAME) }),
    idle: v.optional(flag),
    active: v.optional(
      v.pipe(v.array(ActiveCall), v.maxLength(MAX_ACTIVE_CALLS, `must name at most ${String(MAX_ACTIVE_CALLS)} calls`)),
    ),
  }),
  /** The user's own choice. What is left out stays; `text: ""` clears. `until` is in ms from now. */
  "presence.set": v.strictObject({
    type: v.literal("presence.set"),
    id,
    availability: v.optional(Choice),
    until: v.optional(
      v.pipe(Span, v.minValue(1, "must be in the future"), v.maxValue(MAX_UNTIL_MS, "must be within a year")),
    ),
    text: v.optional(StatusText),
  }),
  /** This device is unattended, or no longer. */
  "device.idle": v.strictObject({ type: v.literal("device.idle"), id, idle: flag }),
  /** What is left out stays. `letThrough` names the contacts who ring through `dnd`, all of them; so does `favourites`. */
  "settings.set": v.strictObject({
    type: v.literal("settings.set"),
    id,
    showBusy: v.optional(flag),
    secondCall: v.optional(SecondCall),
    letThrough: contactsUpTo(MAX_LET_THROUGH),
    favourites: contactsUpTo(MAX_FAVOURITES),
  }),
  /** Ring every device of `to`. `age` in ms since it was first asked; it can only shorten a ring. */
  "call.invite": v.strictObject({
    type: v.literal("call.invite"),
    id,
    call: CallId,
    to: UserId,
    media: Media,
    age: v.optional(Span),
  }),
  /** This device has begun to ring: a receipt. */
  "call.alert": v.strictObject({ type: v.literal("call.alert"), id, call: CallId, mode: AlertMode }),
  /** This device answers. The first wins. [CALL-4] */
  "call.accept": v.strictObject({ type: v.literal("call.accept"), id, call: CallId, media: v.optional(Media) }),
  "call.decline": v.strictObject({ type: v.literal("call.decline"), id, call: CallId }),
  "call.cancel": v.strictObject({ type: v.literal("call.cancel"), id, call: CallId }),
  /** Hands `data` to the other party's device in an accepted call, unread by the server. */
  "call.signal": v.strictObject({ type: v.literal("call.signal"), id, call: CallId, data: v.unknown() }),
  /** This device's call page needs fresh tickets. [CALL-13] */
  "call.rejoin": v.strictObject({ type: v.literal("call.rejoin"), id, call: CallId }),
  "call.hangup": v.strictObject({ type: v.literal("call.hangup"), id, call: CallId }),
  ping: v.strictObject({ type: v.literal("ping"), id }),
  /** Signing out: offline at once, no grace. */
  bye: v.strictObject({ type: v.literal("bye"), id }),
};

export type ClientMessageType = keyof typeof schemas;
export type ClientMessageOf<T extends ClientMessageType> = v.InferOutput<(typeof schemas)[T]>;
export type ClientMessage = { [T in ClientMessageType]: ClientMessageOf<T> }[ClientMessageType];

/** What was wrong with a frame, in one sentence that says what to do; `id` where the frame had a readable one. */
export interface FrameProblem {
  message: string;
  field?: string;
  id?: number;
}

export type DecodedClientFrame = { ok: true; message: ClientMessage } | { ok: false; problem: FrameProblem };

/** Reads one frame from a client, strictly. Never throws. */
export function decodeClientFrame(frame: string): DecodedClientFrame {
  const parsed = parseObject(frame);
  if (parsed === undefined)
    return { ok: false, problem: { message: "The frame is not a JSON object; send one object per frame." } };
  const readableId = v.safeParse(id, parsed["id"]);
  const known = readableId.success && readableId.output !== undefined ? { id: readableId.output } : {};
  const type = parsed["type"];
  if (typeof type !== "string") {
    return {
      ok: false,
      problem: { message: "The message has no type; give `type` as text.", field: "type", ...known },
    };
  }
  if (!isClientMessageType(type)) {
    return {
      ok: false,
      problem: {
        message: `The type '${type.slice(0, 40)}' is not known; see the contract for those that are.`,
        field: "type",
        ...known,
      },
    };
  }
  const read = v.safeParse(schemas[type], parsed);
  if (read.success) return { ok: true, message: read.output };
  const issue = read.issues[0];
  const field = v.getDotPath(issue);
  return {
    ok: false,
    problem: { message: `In ${type}: ${describe(issue, field)}.`, ...(field ? { field } : {}), ...known },
  };
}

function isClientMessageType(type: string): type is ClientMessageType {
  return Object.hasOwn(schemas, type);
}

function describe(issue: v.BaseIssue<unknown>, field: string | null): string {
  const name = field === null ? "the message" : `'${field}'`;
  if (issue.type === "strict_object") {
    return issue.expected === "never"
      ? `the field ${name} is not known; leave it out`
      : `the field ${name} is missing or not an object`;
  }
  if (issue.input === undefined) return `the field ${name} is missing`;
  return `${name} ${issue.message}`;
}

/** The frame as an object, or undefined where it is not JSON or not an object. */
export function parseObject(frame: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(frame);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

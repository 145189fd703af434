import { AlertMode, CallId, Media, Person, Ticket, UserId } from "#protocol";
import * as v from "valibot";
import { Problem } from "./commands.ts";
import { deviceFields } from "./device-settings.ts";

/** The name of the port that a call page holds to the background for as long as it lives. */
export const CALL_PORT = "call";

/** `avatar` is the address of their picture. */
const Pictured = v.object({ ...Person.entries, avatar: v.optional(v.string()) });
const Wishes = v.object({ camera: v.boolean(), microphone: v.boolean() });

/** From the call page to the background. */
export const FromCallPage = v.variant("type", [
  /**
   * First message: which call the page's address names; again where it goes on with another. `fresh` where it was just
   * loaded and holds no media.
   */
  v.strictObject({ type: v.literal("here"), call: CallId, fresh: v.boolean() }),
  /** Remote media flows, for the first time or again. */
  v.strictObject({ type: v.literal("media-connected") }),
  /** The connection of the media was lost and is being restored. */
  v.strictObject({ type: v.literal("media-interrupted") }),
  /** The media cannot be connected or restored. */
  v.strictObject({ type: v.literal("media-failed") }),
  /** PeerServer did not take the ticket, or the media cannot be restored with it. */
  v.strictObject({ type: v.literal("ticket-wanted") }),
  /** What the relay takes of this side runs out, and the call goes on. */
  v.strictObject({ type: v.literal("ice-wanted") }),
  /** The person switched a device; a page that is loaded again is told of it. */
  v.strictObject({ type: v.literal("wishes"), wishes: Wishes }),
  v.strictObject({ type: v.literal("signal"), data: v.unknown() }),
  v.strictObject({ type: v.literal("hang-up") }),
  /** Answers to a ring that waits behind this call. */
  v.strictObject({ type: v.literal("accept-waiting"), call: CallId, media: Media }),
  v.strictObject({ type: v.literal("decline-waiting"), call: CallId }),
  /** The background may have forgotten the call, so the page says whom it was with. */
  v.strictObject({ type: v.literal("call-again"), user: UserId, media: Media }),
]);
export type FromCallPage = v.InferOutput<typeof FromCallPage>;

/** From the background to the call page. `call` is the whole truth of the call each time it changes. */
export const ToCallPage = v.variant("type", [
  v.object({
    type: v.literal("call"),
    /** Whether this side called, and so waits at PeerServer while the other dials. */
    outgoing: v.boolean(),
    call: CallId,
    with: Pictured,
    media: Media,
    state: v.picklist(["inviting", "ringing-out", "accepting", "joining", "live", "reconnecting", "ended"]),
    devices: v.optional(v.number()),
    mode: v.optional(AlertMode),
    /** When the talk began, in ms since 1970 by this machine's clock. */
    since: v.optional(v.number()),
    reason: v.optional(v.string()),
    /** The length of the talk that has ended, where there was one. */
    seconds: v.optional(v.number()),
    ticket: v.optional(Ticket),
    /** What the person wanted of the devices in the page before this one. */
    wishes: v.optional(Wishes),
    /** The origin of the server, for PeerServer. */
    server: v.string(),
    /** False while the background has no line to the server. */
    online: v.boolean(),
    /** What the person chose on this device. */
    device: v.object({
      camera: v.optional(v.string()),
      microphone: v.optional(v.string()),
      speaker: v.optional(v.string()),
      backgroundBlur: v.boolean(),
      relayOnly: v.boolean(),
      pictureFollows: v.boolean(),
      ownPicture: deviceFields.ownPicture,
    }),
    /** What rings behind this call. */
    waiting: v.array(
      v.object({ call: CallId, with: Pictured, media: Media, until: v.number(), isAnswered: v.boolean() }),
    ),
  }),
  /** The page goes on with this call, and keeps its devices as they are; its former call is over. */
  v.object({ type: v.literal("go-on"), call: CallId }),
  v.object({ type: v.literal("signal"), data: v.unknown() }),
  /** The person pressed the key for it. */
  v.object({ type: v.literal("toggle-microphone") }),
  /** The small window is to open, or to close; wherever the person asked for it, their click or key came with this. */
  v.object({ type: v.literal("toggle-picture") }),
  /** The background knows of no such call. */
  v.object({ type: v.literal("unknown-call") }),
  /** Nobody is signed in any more: whoever sits here next is to see nothing of the call. */
  v.object({ type: v.literal("signed-out") }),
  /** Another tab shows this call; this page counts for nothing, and is told no more. */
  v.object({ type: v.literal("open-elsewhere") }),
  /** Why it cannot be called again now. */
  v.object({ type: v.literal("not-called"), problem: Problem }),
]);
export type ToCallPage = v.InferOutput<typeof ToCallPage>;
/** What the person chose on this device, as the call's page is told. */
export type ToldDevice = Extract<ToCallPage, { type: "call" }>["device"];

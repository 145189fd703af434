import type { CallId, Media, UserId } from "#protocol";

export type CallNotification =
  | { type: "incoming"; call: CallId; from: { user: UserId; name: string }; media: Media }
  /** A ring that must not disturb a talk, here or on another device. */
  | { type: "waiting"; call: CallId; from: { user: UserId; name: string }; media: Media }
  /** The call goes on without its tab, which the person may open again. */
  | { type: "away"; call: CallId; with: { user: UserId; name: string } }
  | { type: "missed"; call: CallId; from: { user: UserId; name: string }; media: Media; at: number };

export interface FreeNotification {
  type: "free";
  user: UserId;
  name: string;
}

export interface RequestNotification {
  type: "request";
  user: UserId;
  handle: string;
  name: string;
}

export interface FriendNotification {
  type: "friend";
  user: UserId;
  name: string;
}

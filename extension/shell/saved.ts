import { CallRecord, Choice, Contact, SecondCall, StatusText, UserId } from "#protocol";
import * as v from "valibot";
import type { Saved, SavedWishes, Session } from "../core/app-state-types.ts";
import { readDeviceSettings } from "./device-settings.ts";

const Request = v.pipe(v.number(), v.integer(), v.minValue(0));

const SavedWishesSchema = v.object({
  presence: v.optional(
    v.object({
      availability: v.optional(Choice),
      text: v.optional(StatusText),
      until: v.optional(v.number()),
      request: Request,
    }),
  ),
  settings: v.optional(
    v.object({
      change: v.object({ showBusy: v.optional(v.boolean()), secondCall: v.optional(SecondCall) }),
      listed: v.array(v.object({ list: v.picklist(["letThrough", "favourites"]), user: UserId, on: v.boolean() })),
      request: Request,
    }),
  ),
});

const SavedSchema = v.object({
  server: v.optional(v.string()),
  session: v.optional(
    v.object({
      user: UserId,
      handle: v.string(),
      name: v.string(),
      avatar: v.optional(v.string()),
      server: v.object({ origin: v.string(), presenceUrl: v.string(), parseUrl: v.string(), peerPath: v.string() }),
    }),
  ),
  // What cannot be read of these is no reason to sign out.
  contacts: v.fallback(v.optional(v.array(Contact)), undefined),
  calls: v.fallback(v.optional(v.array(CallRecord)), undefined),
  watched: v.fallback(v.optional(v.record(v.string(), v.number())), undefined),
  requests: v.fallback(v.optional(v.record(v.string(), v.number())), undefined),
  wanted: v.fallback(v.optional(SavedWishesSchema), undefined),
  // A person who chose nothing has none, and a key that is missing is only allowed where it is optional.
  device: v.optional(v.unknown()),
});

/** What outlives the browser, as it was kept; with a session only where there is a token for it. */
export function readSaved(stored: unknown, hasToken: boolean): Saved | undefined {
  const read = v.safeParse(SavedSchema, stored);
  return read.success ? savedOf(read.output, hasToken) : undefined;
}

function savedOf(saved: v.InferOutput<typeof SavedSchema>, hasToken: boolean): Saved {
  const { server, session, contacts, calls, watched, requests, wanted } = saved;
  const known = {
    ...(server === undefined ? {} : { server }),
    ...(saved.device === undefined ? {} : { device: readDeviceSettings(saved.device) }),
  };
  if (!hasToken || session === undefined) return known;
  return {
    ...known,
    session: sessionOf(session),
    ...(contacts === undefined ? {} : { contacts }),
    ...(calls === undefined ? {} : { calls }),
    ...(watched === undefined ? {} : { watched }),
    ...(requests === undefined ? {} : { requests }),
    // Read by its schema; a key that is missing and one that is undefined are the same to it.
    ...(wanted === undefined ? {} : { wanted: wanted as SavedWishes }),
  };
}

function sessionOf({ avatar, ...session }: NonNullable<v.InferOutput<typeof SavedSchema>["session"]>): Session {
  return { ...session, ...(avatar === undefined ? {} : { avatar }) };
}

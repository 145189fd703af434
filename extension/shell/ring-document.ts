import * as v from "valibot";
import { browser } from "wxt/browser";
import type { RingSoundShown } from "../core/outward-types.ts";
import { DEVICE_AT_FIRST, RING_SOUNDS } from "../core/device-settings.ts";
import { isOwnPage } from "../messaging/pages.ts";

/** What the background asks of the document that rings, and what it answers. */
export const HOW_IT_RINGS = "how-it-rings";

export const RingHeard = v.object({
  /** The browser lets it sound. */
  sounds: v.boolean(),
  /** It sounds where the person chose; else at the system's own choice, since that device is not there. */
  onRinger: v.boolean(),
});
export type RingHeard = v.InferOutput<typeof RingHeard>;

const Address = v.object({
  until: v.pipe(v.string(), v.transform(Number)),
  sound: v.fallback(v.picklist(RING_SOUNDS), DEVICE_AT_FIRST.ringSound),
  volume: v.fallback(v.pipe(v.string(), v.transform(Number), v.minValue(0), v.maxValue(1)), 1),
  ringer: v.optional(v.string()),
});

/** The address of the document for this ring. */
export function ringDocumentUrl(call: string, until: number, { name, volume, ringer }: RingSoundShown): string {
  const chosen = ringer === undefined ? {} : { ringer };
  const told = { call, until: String(until), sound: name, volume: String(volume), ...chosen };
  return `offscreen.html?${new URLSearchParams(told).toString()}`;
}

/** What the document's address tells it, from its question mark on. */
export function readRing(search: string): { until: number; sound: RingSoundShown } {
  const { until, sound: name, volume, ringer } = v.parse(Address, Object.fromEntries(new URLSearchParams(search)));
  return { until, sound: { name, volume, ...(ringer === undefined ? {} : { ringer }) } };
}

/** Tells the background, as often as it asks. */
export function answerHowItRings(heard: Promise<RingHeard>): void {
  browser.runtime.onMessage.addListener((message: unknown, sender, answer) => {
    if (message !== HOW_IT_RINGS || !isOwnPage(sender)) return false;
    void heard.then(answer);
    // The answer comes later, on this same channel.
    return true;
  });
}

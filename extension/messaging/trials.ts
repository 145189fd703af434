import * as v from "valibot";

/** What the background says of its line: a pong came, there is no line, or nothing came on it. */
export const LineTrial = v.picklist(["answered", "offline", "silent"]);
export type LineTrial = v.InferOutput<typeof LineTrial>;

/** What became of a ring to oneself. */
export const RingTrial = v.object({
  /** The browser lets notifications be shown. */
  allowed: v.boolean(),
  /** One was really there. */
  shown: v.boolean(),
  /** Missing where it could not be tried, since a call rings. */
  heard: v.optional(v.object({ sounds: v.boolean(), onRinger: v.boolean() })),
  isQuietHour: v.boolean(),
  /** What the toolbar's button did. */
  badge: v.object({
    /** It said that it rings. */
    shown: v.boolean(),
    /** It stands at the toolbar, and not behind another button; missing where the browser does not tell. */
    isPinned: v.optional(v.boolean()),
  }),
});
export type RingTrial = v.InferOutput<typeof RingTrial>;

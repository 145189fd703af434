import { unreachable } from "#protocol";

/**
 * Whether the key is held that opens the microphone for as long. `pressed` on the microphone's own button it is not known yet
 * whether it is to be held, or let go at once, which presses the button.
 */
export type Hold = "up" | "pressed" | "held";

/** Where a key is pressed: where nothing else wants it, where a person writes, or on a control that it presses. */
export type KeyPlace = "free" | "writing" | "microphone" | "control";

export type HoldEvent =
  /** `again` where the keyboard repeats it. `muted`: there is a microphone, and it is off. */
  | { type: "down"; place: KeyPlace; again: boolean; muted: boolean }
  | { type: "up" }
  /** The window lost the keyboard, is not seen any more or shows no call: that the key is let go will not be told. */
  | { type: "left" };

/** `takes`: the key has done its work, and nothing else is to come of it. */
export interface HoldStep {
  hold: Hold;
  takes: boolean;
}

/** What a key that is held means. What was taken when it went down is taken until it comes up, wherever the focus went. */
export function updateHold(hold: Hold, event: HoldEvent): HoldStep {
  switch (event.type) {
    case "down": {
      if (hold === "held") return { hold, takes: true };
      if (hold === "pressed" && event.again) return { hold: "held", takes: true };
      if (event.place === "microphone" && event.muted && !event.again) return { hold: "pressed", takes: false };
      // Held since before it could open anything, it opens nothing by going on.
      const opens = event.place === "free" && event.muted && !event.again;
      return { hold: opens ? "held" : "up", takes: opens };
    }
    case "up":
      return { hold: "up", takes: hold === "held" };
    case "left":
      return { hold: "up", takes: false };
    default:
      return unreachable(event);
  }
}

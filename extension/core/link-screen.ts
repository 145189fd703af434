import { sayMediaState } from "./link-devices.ts";
import type { LinkEffect, LinkEvent, LinkState, ScreenOutcome, ScreenState } from "./link-types.ts";
import { type Step, step } from "./machine.ts";

type LinkStep = Step<LinkState, LinkEffect>;
type Of<T extends LinkEvent["type"]> = Extract<LinkEvent, { type: T }>;

export const NO_SCREEN: ScreenState = { at: "off" };

/** The person shows their screen in the place of the camera's picture, or no longer. */
export function screenSwitched(state: LinkState, { on }: Of<"share-screen">): LinkStep {
  const { at } = state.screen;
  if (!on) return stopped(state);
  // Without a connection nobody would see it, and whoever shows a screen wants to know that it is seen.
  if (at !== "off" || state.phase.at !== "live") return step(state);
  return step<LinkState, LinkEffect>({ ...state, screen: { at: "asking" } }, { type: "open-screen" });
}

/** What came of the browser's question. The person may have thought better of it meanwhile. */
export function screenCame(state: LinkState, { outcome }: Of<"screen">): LinkStep {
  if (state.screen.at !== "asking") {
    return typeof outcome === "string" ? step(state) : step<LinkState, LinkEffect>(state, { type: "close-screen" });
  }
  if (typeof outcome === "string") {
    // To choose nothing is no trouble.
    return step({ ...state, screen: outcome === "cancelled" ? NO_SCREEN : { at: "off", why: outcome } });
  }
  const next: LinkState = { ...state, screen: { at: "on", sound: outcome.sound } };
  return step<LinkState, LinkEffect>(next, { type: "tell-screen", on: true }, ...sayMediaState(next));
}

/** The browser's own bar ended it, or what was shown was closed. */
export function screenEnded(state: LinkState): LinkStep {
  return state.screen.at === "on" ? screenGone(state) : step(state);
}

export function theirScreen(state: LinkState, { on }: Of<"their-screen">): LinkStep {
  return step(state.theirScreen === on ? state : { ...state, theirScreen: on });
}

/** Nobody else is to see it: the call is over, or another one. */
export function withoutScreens(state: LinkState): LinkState {
  return { ...state, screen: NO_SCREEN, theirScreen: false };
}

/** The person wants to show nothing, also where the browser asks them still: what is chosen then is shown to nobody. */
function stopped(state: LinkState): LinkStep {
  if (state.screen.at === "on") return screenGone(state);
  const close: LinkEffect[] = state.screen.at === "asking" ? [{ type: "close-screen" }] : [];
  return step<LinkState, LinkEffect>({ ...state, screen: NO_SCREEN }, ...close);
}

function screenGone(state: LinkState): LinkStep {
  const next: LinkState = { ...state, screen: NO_SCREEN };
  return step<LinkState, LinkEffect>(
    next,
    { type: "close-screen" },
    { type: "tell-screen", on: false },
    ...sayMediaState(next),
  );
}

/**
 * What the browser's refusal means. That the system does not let it record the screen is told in a word of the message
 * alone, or by finding nothing that could be shown.
 */
export function screenRefusal({ name, message }: { name: string; message: string }): ScreenOutcome {
  if (name === "NotAllowedError") return /system/i.test(message) ? "system" : "cancelled";
  return name === "NotFoundError" ? "system" : "failed";
}

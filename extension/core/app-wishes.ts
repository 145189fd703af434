import { unreachable } from "#protocol";
import { askWanted } from "./app-line.ts";
import type { AppStep } from "./app-parts.ts";
import { setListed, setSettings } from "./app-settings.ts";
import type { AppEvent } from "./app-event-types.ts";
import type { SignedIn, WantedPresence } from "./app-state-types.ts";
import { step } from "./machine.ts";
import { refusal } from "./refusal.ts";
import { withoutNewcomer } from "./newcomers.ts";
import { requestSeen } from "./requests.ts";
import { freeSeen, unwatch, watch } from "./watch.ts";

type Wish = Extract<
  AppEvent,
  {
    type:
      | "set-presence"
      | "set-settings"
      | "let-through"
      | "favourite"
      | "watch-contact"
      | "unwatch-contact"
      | "free-seen"
      | "request-seen"
      | "pointed-at";
  }
>;

/** What the person wishes of this device or of the server, but calls. */
export function onWish(state: SignedIn, event: Wish): AppStep {
  switch (event.type) {
    case "set-presence":
      return setPresence(state, event);
    case "set-settings":
      return setSettings(state, event.change, event.at);
    case "let-through":
    case "favourite":
      return refusal(state, event) ? step(state) : setListed(state, event, event.at);
    case "watch-contact":
      if (refusal(state, event)) return step(state);
      return step({ ...state, watching: watch(state.watching, event.user, event.until) });
    case "unwatch-contact":
      return step({ ...state, watching: unwatch(state.watching, event.user) });
    case "free-seen":
      return step({ ...state, watching: freeSeen(state.watching, event.user) });
    case "request-seen":
      return step(withoutNewcomer({ ...state, requests: requestSeen(state.requests, event.user) }, event.user));
    case "pointed-at":
      return step({ ...state, attention: { ...event.what, at: event.at } });
    default:
      return unreachable(event);
  }
}

function setPresence(state: SignedIn, event: Extract<AppEvent, { type: "set-presence" }>): AppStep {
  const { availability, text, forMs, at } = event;
  const before = state.self.wanted;
  const request = state.lastRequest + 1;
  const choice =
    availability === undefined
      ? {
          ...(before?.availability ? { availability: before.availability } : {}),
          ...(before?.until ? { until: before.until } : {}),
        }
      : { availability, ...(forMs === undefined ? {} : { until: at + forMs }) };
  const words = text ?? before?.text;
  const wanted: WantedPresence = { ...choice, ...(words === undefined ? {} : { text: words }), request };
  const next = { ...state, lastRequest: request, self: { ...state.self, wanted } };
  return askWanted(next, at);
}

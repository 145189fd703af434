import { type CallId, CallId as CallIdSchema } from "#protocol";
import * as v from "valibot";
import { type Browser, browser } from "wxt/browser";
import type { CallNotification } from "../core/app-types.ts";
import type { Text } from "../locales/text.ts";
import { createLogger, errorName } from "./logger.ts";

const log = createLogger("notifications");
const ACCEPT = 0;

const messages = {
  video: "ringing.video-announced",
  audio: "ringing.audio-announced",
  waiting: "waiting.announced",
  missed: "ended.callee.no-answer",
} as const;

export interface NotificationListener {
  accepted: (call: CallId) => void;
  declined: (call: CallId) => void;
  /** The body was clicked. */
  clicked: (type: CallNotification["type"], call: CallId) => void;
  /** The person closed it. */
  dismissed: (type: CallNotification["type"], call: CallId) => void;
}

/** The one notification outside the browser's window. Its id names the call, and so outlives the worker. */
export class Notifications {
  /** Undefined until the first comparison, which clears what an earlier run left. */
  #shown: string | undefined;
  #turn: Promise<void> = Promise.resolve();
  readonly #text: Text;

  /** Registers its listeners, so it must be made on the first turn. */
  constructor(text: Text, listener: NotificationListener) {
    this.#text = text;
    browser.notifications.onClicked.addListener((id) => heed(id, listener.clicked));
    browser.notifications.onClosed.addListener((id, byUser) => {
      if (byUser) heed(id, listener.dismissed);
    });
    // Firefox has no buttons; there a click leads to the card, which has.
    if (import.meta.env.FIREFOX) return;
    browser.notifications.onButtonClicked.addListener((id, button) =>
      heed(id, (_type, call) => (button === ACCEPT ? listener.accepted(call) : listener.declined(call))),
    );
  }

  /** Shows this one and no other. */
  show(wanted: CallNotification | undefined): void {
    const id = wanted === undefined ? "" : `${wanted.type}:${wanted.call}`;
    if (id === this.#shown) return;
    const first = this.#shown === undefined;
    const former = this.#shown;
    this.#shown = id;
    // One after the other: what clears this one must not overtake what shows it.
    this.#turn = this.#turn
      .then(() => this.#replace(id, wanted, first ? undefined : former))
      .catch((caught: unknown) => log.warn("a notification was not shown", { why: errorName(caught) }));
  }

  async #replace(id: string, wanted: CallNotification | undefined, former: string | undefined): Promise<void> {
    const left = former === undefined ? await this.#leftBehind() : [former];
    const stale = left.filter((other) => other !== "" && other !== id);
    await Promise.all(stale.map((other) => browser.notifications.clear(other)));
    if (wanted === undefined || left.includes(id)) return;
    await browser.notifications.create(id, this.#optionsOf(wanted));
  }

  /** Those of an earlier run that still stand. */
  async #leftBehind(): Promise<string[]> {
    return Object.keys(await browser.notifications.getAll());
  }

  #optionsOf(wanted: CallNotification): Browser.notifications.NotificationCreateOptions {
    const { t } = this.#text;
    const { name } = wanted.from;
    const common = {
      type: "basic" as const,
      iconUrl: browser.runtime.getURL("/icons/128.png"),
      title: t("app.name"),
      message: t(messages[wanted.type === "incoming" ? wanted.media : wanted.type], { name }),
    };
    // Firefox throws at an option that it does not know.
    if (import.meta.env.FIREFOX || wanted.type === "missed") return common;
    const waits = wanted.type === "waiting";
    return {
      ...common,
      buttons: [{ title: t(waits ? "waiting.accept" : "ringing.accept") }, { title: t("ringing.decline") }],
      // What waits behind a talk neither pushes itself forward nor stays.
      requireInteraction: !waits,
      priority: waits ? 0 : 2,
      silent: true, // the ring is ours
    };
  }
}

/** Hands an event of one of our notifications on, by what its id says. */
function heed(id: string, act: (type: CallNotification["type"], call: CallId) => void): void {
  const [type, name] = id.split(":");
  const call = v.safeParse(CallIdSchema, name);
  if ((type === "incoming" || type === "waiting" || type === "missed") && call.success) act(type, call.output);
}

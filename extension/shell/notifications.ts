import { CallId, UserId } from "#protocol";
import * as v from "valibot";
import { type Browser, browser } from "wxt/browser";
import type {
  CallNotification,
  FreeNotification,
  FriendNotification,
  RequestNotification,
} from "../core/notification-types.ts";
import type { Text } from "../locales/text.ts";
import { createLogger, errorName } from "./logger.ts";

const log = createLogger("notifications");
const FIRST_BUTTON = 0;

/** The id of one that is about nothing. */
const TEST = "test";
/** A system that holds one back has taken it away by then; a person has not closed it yet. */
const SETTLED_MS = 1_000;

/** How a call that rings shows itself: it stays, and the sound is ours. Firefox throws at an option that it does not know. */
const RINGING = import.meta.env.FIREFOX ? {} : { requireInteraction: true, priority: 2, silent: true };

const messages = {
  video: "ringing.video-announced",
  audio: "ringing.audio-announced",
  waiting: "waiting.announced",
  missed: "ended.callee.no-answer",
  free: "free.told",
} as const;

const buttons = {
  incoming: ["ringing.accept", "ringing.decline"],
  waiting: ["waiting.accept", "ringing.decline"],
  away: ["strip.return", "strip.hang-up"],
  free: ["free.call"],
  request: ["request.accept"],
} as const;

type Shown = CallNotification | FreeNotification | RequestNotification | FriendNotification;

/** What one of our notifications is about, as its id says: so it outlives the worker. */
export type NotificationSubject =
  { type: CallNotification["type"]; call: CallId } | { type: "free" | "request" | "friend"; user: UserId };

export interface NotificationListener {
  accepted: (call: CallId) => void;
  declined: (call: CallId) => void;
  /** The person wants the tab of the call back. */
  returned: (call: CallId) => void;
  hungUp: (call: CallId) => void;
  /** The button of who is free was clicked. */
  called: (user: UserId) => void;
  /** The button of who asks to be a contact was clicked. */
  welcomed: (user: UserId) => void;
  /** The body was clicked. */
  clicked: (about: NotificationSubject) => void;
  /** The person closed it. */
  dismissed: (about: NotificationSubject) => void;
}

/** The notifications outside the browser's window. */
export class Notifications {
  /** The ids; undefined until the first comparison, which clears what an earlier run left. */
  #shown: readonly string[] | undefined;
  #turn: Promise<void> = Promise.resolve();
  readonly #text: Text;

  /** Registers its listeners, so it must be made on the first turn. */
  constructor(text: Text, listener: NotificationListener) {
    this.#text = text;
    browser.notifications.onClicked.addListener((id) => heed(id, listener.clicked));
    browser.notifications.onClosed.addListener((id, byUser) => {
      if (byUser) heed(id, listener.dismissed);
    });
    // Firefox has no buttons; there a click leads to the popup, which has.
    if (import.meta.env.FIREFOX) return;
    browser.notifications.onButtonClicked.addListener((id, button) =>
      heed(id, (about) => press(about, button, listener)),
    );
  }

  /** Shows these and no others. */
  show(wanted: readonly Shown[]): void {
    const ids = wanted.map(idOf);
    if (ids.join() === this.#shown?.join()) return;
    const former = this.#shown;
    this.#shown = ids;
    // One after the other: what clears this one must not overtake what shows it.
    this.#turn = this.#turn
      .then(() => this.#replace(wanted, former))
      .catch((caught: unknown) => log.warn("a notification was not shown", { why: errorName(caught) }));
  }

  /** Shows one for so long as a call would, and says whether it was there. Never rejects. */
  async test(forMs: number): Promise<{ allowed: boolean; shown: boolean }> {
    const allowed = await isAllowed();
    const shown = await this.#tryShowing(forMs).catch(() => false);
    return { allowed, shown };
  }

  async #tryShowing(forMs: number): Promise<boolean> {
    await browser.notifications.create(TEST, { ...this.#saying(this.#text.t("reach.notification")), ...RINGING });
    await new Promise((resolve) => setTimeout(resolve, Math.min(SETTLED_MS, forMs)));
    const shown = TEST in (await browser.notifications.getAll());
    await new Promise((resolve) => setTimeout(resolve, forMs - SETTLED_MS));
    await browser.notifications.clear(TEST);
    return shown;
  }

  async #replace(wanted: readonly Shown[], former: readonly string[] | undefined): Promise<void> {
    const left = former ?? (await this.#leftBehind());
    const ids = wanted.map(idOf);
    const stale = left.filter((id) => !ids.includes(id));
    await Promise.all(stale.map((id) => browser.notifications.clear(id)));
    const missing = wanted.filter((one) => !left.includes(idOf(one)));
    await Promise.all(missing.map((one) => browser.notifications.create(idOf(one), this.#optionsOf(one))));
  }

  /** Those of an earlier run that still stand. */
  async #leftBehind(): Promise<string[]> {
    return Object.keys(await browser.notifications.getAll());
  }

  #saying(message: string) {
    const iconUrl = browser.runtime.getURL("/icons/128.png");
    return { type: "basic" as const, iconUrl, title: this.#text.t("app.name"), message };
  }

  #optionsOf(wanted: Shown): Browser.notifications.NotificationCreateOptions {
    const { t } = this.#text;
    const common = this.#saying(messageOf(this.#text, wanted));
    if (import.meta.env.FIREFOX || wanted.type === "missed" || wanted.type === "friend") return common;
    const named = { ...common, buttons: buttons[wanted.type].map((key) => ({ title: t(key) })) };
    if (wanted.type === "free" || wanted.type === "request") return named;
    if (wanted.type === "away") return { ...named, ...RINGING, silent: false };
    // What waits behind a talk neither pushes itself forward nor stays.
    return wanted.type === "waiting" ? { ...named, silent: true } : { ...named, ...RINGING };
  }
}

/** Whether the browser lets us show any. Firefox does not say. */
async function isAllowed(): Promise<boolean> {
  return import.meta.env.FIREFOX || (await browser.notifications.getPermissionLevel()) === "granted";
}

function idOf(shown: Shown): string {
  return `${shown.type}:${"user" in shown ? shown.user : shown.call}`;
}

function messageOf({ t }: Text, wanted: Shown): string {
  if (wanted.type === "away") return t("strip.away", { name: wanted.with.name });
  if (wanted.type === "friend") return t("invite.added", { name: wanted.name });
  if (wanted.type === "request") return t("request.told", { name: wanted.name, handle: wanted.handle });
  const key = messages[wanted.type === "incoming" ? wanted.media : wanted.type];
  return t(key, { name: wanted.type === "free" ? wanted.name : wanted.from.name });
}

function press(about: NotificationSubject, button: number, listener: NotificationListener): void {
  if ("user" in about) {
    const act = about.type === "free" ? listener.called : listener.welcomed;
    act(about.user);
    return;
  }
  const [first, second] =
    about.type === "away" ? [listener.returned, listener.hungUp] : [listener.accepted, listener.declined];
  if (button === FIRST_BUTTON) first(about.call);
  else second(about.call);
}

/** Hands an event of one of our notifications on, by what its id says. */
function heed(id: string, act: (about: NotificationSubject) => void): void {
  const [type, name] = id.split(":");
  const user = v.safeParse(UserId, name);
  if ((type === "free" || type === "request" || type === "friend") && user.success) act({ type, user: user.output });
  const call = v.safeParse(CallId, name);
  if (!call.success) return;
  if (type === "incoming" || type === "waiting" || type === "away" || type === "missed")
    act({ type, call: call.output });
}

import type { CallId, UserId } from "#protocol";
import { browser } from "wxt/browser";

import { onCommand, onPort, type Port } from "../messaging/background.ts";
import { ToolbarBadge } from "./badge.ts";
import { type CallPageListener, CallPages } from "./call-pages.ts";
import { Commands, newCallId } from "./commands.ts";
import { IdleWatch } from "./idle.ts";
import { watchInviteLinks } from "./invite-links.ts";
import { deviceText } from "./device-text.ts";
import { createLogger, errorName } from "./logger.ts";
import { watchNetwork } from "./network.ts";
import { type NotificationListener, Notifications, type NotificationSubject } from "./notifications.ts";
import { BrowserOutside } from "./outside.ts";
import { Ringer } from "./ringer.ts";
import { Runtime } from "./runtime.ts";
import { watchShortcuts } from "./shortcuts.ts";
import { PresenceSocket } from "./socket.ts";
import { Store } from "./store.ts";
import { CallTabs, openCard } from "./tabs.ts";
import { Timers } from "./timers.ts";
import { isTrial, Trials } from "./trials.ts";
import { welcomeOnce } from "./welcome.ts";

const log = createLogger("background");

/**
 * Puts the background together and starts it. Every listener of the browser's is registered before this returns: a
 * worker that is woken by an event hears it only where the listener is there on the first turn.
 */
export function startBackground(): void {
  const store = new Store();
  const runtime = new Runtime(store);
  const dispatch = runtime.dispatch.bind(runtime);
  const commands = new Commands(runtime, store);
  const tabs = new CallTabs();
  const text = deviceText(() => runtime.state);
  const pages = new CallPages(callPageListener(runtime, commands, tabs));
  const notifications = new Notifications(text, notificationListener(runtime, commands));
  const timers = new Timers(() => dispatch({ type: "due" }));
  const ringer = new Ringer((call, mode) => dispatch({ type: "alerted", call, mode }));
  const badge = new ToolbarBadge(text);
  const trials = new Trials(runtime, ringer, notifications, badge);
  const socket = new PresenceSocket({
    opened: (number) => dispatch({ type: "socket-opened", socket: number }),
    message: (number, message) => {
      trials.heard(message);
      dispatch({ type: "socket-message", socket: number, message });
    },
    closed: (number, code) => {
      trials.ended(code);
      dispatch({ type: "socket-closed", socket: number, code });
    },
  });

  onCommand((command) => {
    if (isTrial(command)) return trials.handle(command);
    if (command.type !== "togglePicture") return commands.handle(command);
    pages.ask("toggle-picture");
    return Promise.resolve({ ok: true });
  });
  onPort({
    callPage: (port) => pages.meet(port),
    contactsPage: counted(
      () => dispatch({ type: "contacts-shown" }),
      () => dispatch({ type: "contacts-hidden" }),
    ),
    historyPage: counted(
      () => dispatch({ type: "history-shown" }),
      () => dispatch({ type: "history-hidden" }),
    ),
  });
  const idle = new IdleWatch((isIdle) => dispatch({ type: "idle-changed", idle: isIdle }));
  welcomeOnce();
  watchInviteLinks(runtime);
  watchShortcuts((command) => pages.ask(command));
  watchNetwork(() => dispatch({ type: "network-online" }));
  // Heard so that the browser starts us with itself; the start is all that there is to do.
  browser.runtime.onStartup.addListener(() => log.debug("the browser started"));

  const outside = new BrowserOutside({
    store,
    socket,
    timers,
    tabs,
    pages,
    badge,
    notifications,
    ringer,
    idle,
    dispatch,
  });
  runtime
    .start(outside)
    .catch((caught: unknown) => log.error("the background did not start", { why: errorName(caught) }));
}

function callPageListener(runtime: Runtime, commands: Commands, tabs: CallTabs): CallPageListener {
  const dispatch = runtime.dispatch.bind(runtime);
  return {
    here: (call, { tab, fresh }) => {
      tabs.met(call, tab);
      dispatch({ type: "page-here", call, fresh, ...(tab === undefined ? {} : { tab }) });
    },
    gone: (call) => {
      tabs.left(call);
      dispatch({ type: "page-gone", call });
    },
    said: (call, message, reply) => {
      switch (message.type) {
        case "hang-up":
          dispatch({ type: "hang-up", call });
          break;
        case "wishes":
          dispatch({ type: "page-wishes", call, wishes: message.wishes });
          break;
        case "signal":
          dispatch({ type: "page-signal", call, data: message.data });
          break;
        case "accept-waiting":
          dispatch({ type: "accept-call", call: message.call, media: message.media });
          break;
        case "decline-waiting":
          dispatch({ type: "decline-call", call: message.call });
          break;
        case "call-again":
          void runtime.started.then(() => {
            const again = { call: newCallId(), user: message.user, media: message.media, replacing: call };
            const answer = commands.decide({ type: "place-call", ...again });
            if (!answer.ok) reply({ type: "not-called", problem: answer.problem });
          });
          break;
        default:
          dispatch({ type: message.type, call });
      }
    },
  };
}

function notificationListener(runtime: Runtime, commands: Commands): NotificationListener {
  return {
    accepted: (call) => void runtime.started.then(() => acceptRinging(runtime, commands, call)),
    declined: (call) => runtime.dispatch({ type: "decline-call", call }),
    returned: () => runtime.dispatch({ type: "show-call-tab" }),
    hungUp: (call) => runtime.dispatch({ type: "hang-up", call }),
    called: (user) => void runtime.started.then(() => callFree(runtime, commands, user)),
    welcomed: (user) => void runtime.started.then(() => welcome(runtime, commands, user)),
    clicked: (about) => {
      leave(runtime, about);
      if (about.type === "missed") runtime.dispatch({ type: "pointed-at", what: { to: "history" } });
      if ("user" in about) runtime.dispatch({ type: "pointed-at", what: { to: "contact", user: about.user } });
      if (about.type === "away") runtime.dispatch({ type: "show-call-tab" });
      else showCard();
    },
    dismissed: (about) => close(runtime, about),
  };
}

/** The person closed a notification: what it told is known, and a ring's does not come back. */
function close(runtime: Runtime, about: NotificationSubject): void {
  if (about.type === "incoming" || about.type === "waiting")
    runtime.dispatch({ type: "notification-closed", closed: about });
  else leave(runtime, about);
}

/** What a notification told is known now. */
function leave(runtime: Runtime, about: NotificationSubject): void {
  if (about.type === "missed") runtime.dispatch({ type: "missed-seen" });
  if (about.type === "free") runtime.dispatch({ type: "free-seen", user: about.user });
  if (about.type === "request" || about.type === "friend") runtime.dispatch({ type: "request-seen", user: about.user });
}

/** The button of who is free calls; where that cannot be done now, the popup shows them and says why. */
function callFree(runtime: Runtime, commands: Commands, user: UserId): void {
  const answer = commands.decide({ type: "place-call", call: newCallId(), user, media: "video" });
  runtime.dispatch({ type: "free-seen", user });
  if (answer.ok) return;
  runtime.dispatch({ type: "pointed-at", what: { to: "contact", user } });
  showCard();
}

/** The button of who asks accepts them, and the popup shows the new contact, or why it could not be done. */
async function welcome(runtime: Runtime, commands: Commands, user: UserId): Promise<void> {
  await commands.handle({ type: "acceptContact", user });
  runtime.dispatch({ type: "request-seen", user });
  runtime.dispatch({ type: "pointed-at", what: { to: "contact", user } });
  showCard();
}

/** Handles its own failures but one: without any window the card waits at the toolbar. */
function showCard(): void {
  openCard().catch((caught: unknown) => log.warn("the card could not be shown", { why: errorName(caught) }));
}

/** A button of the notification answers with what the caller asked for. */
function acceptRinging({ state }: Runtime, commands: Commands, call: CallId): void {
  if (state.at !== "signed-in") return;
  const ring = [state.call, ...state.others].find((one) => "call" in one && one.call === call);
  if (ring !== undefined && "media" in ring) commands.decide({ type: "accept-call", call, media: ring.media });
}

/** Counts the pages that show something: `shown` at the first, `hidden` after the last. */
function counted(shown: () => void, hidden: () => void): (port: Port) => void {
  let open = 0;
  return (port) => {
    open += 1;
    if (open === 1) shown();
    port.onDisconnect.addListener(() => {
      open -= 1;
      if (open === 0) hidden();
    });
  };
}

import { EXCHANGES } from "./exchange-scenes.ts";
import type { Availability, CallId, UserId } from "#protocol";
import type { CallScreenProps } from "../../../extension/components/call-props.ts";
import type { CallDevicesProps } from "../../../extension/components/device-props.ts";
import type { CallView, ContactView, SignedInView, View, WaitingView } from "../../../extension/core/view.ts";
import { DEVICE_AT_FIRST } from "../../../extension/core/device-settings.ts";
import type { CommandAnswer } from "../../../extension/messaging/commands.ts";
import { deviceScenes } from "./device-scenes.ts";
import { historyScenes } from "./history-scenes.ts";
import { NOW } from "./now.ts";
import { lineScenes } from "./quality-scenes.ts";
import { homesWithInvites, type InviteScene, inviteScenes, type ScenesLinks } from "./invite-scenes.ts";
import { type WelcomeScene, welcomeScenes } from "./welcome-scenes.ts";
import { refused, signScenes } from "./sign-scenes.ts";
import { stageScenes } from "./stage-scenes.ts";
import { type SettingsScene, settingsScenes } from "./settings-scenes.ts";

const MINUTE = 60_000;

export type CallState = Omit<CallScreenProps, "text" | "ownStream" | "remoteStream" | "screenStream">;

export interface PopupScene {
  screen: "popup";
  view: View | undefined;
  /** What every command answers; `never` leaves them waiting. */
  answer?: CommandAnswer | "never";
  /** Those that wait to be used. */
  waitingLinks?: ScenesLinks;
}
export interface CallScene {
  screen: "call";
  props: Partial<CallState>;
  devices?: Partial<CallDevicesProps>;
  own?: boolean;
  /** Whether the own screen is shown. */
  ownScreen?: boolean;
  remote?: boolean;
}
export type Scene = PopupScene | CallScene | SettingsScene | InviteScene | WelcomeScene;

// Ids are branded, and a test may make one of any text.
const user = (name: string): UserId => name as UserId;
const call = "00000000-0000-4000-8000-000000000001" as CallId;
const bob = { user: user("bob"), name: "Bob Tanaka" };

function contact(name: string, availability: Availability, more: Partial<ContactView> = {}): ContactView {
  const handle = name.toLowerCase().replaceAll(/[^a-z]+/g, ".");
  return { user: user(name), handle, name, state: "accepted", availability, ...more };
}

const CONTACTS: ContactView[] = [
  contact("Bob Tanaka", "available", { text: "Writing the proposal" }),
  contact("Chiyo Mori", "away", { since: NOW - 12 * MINUTE }),
  contact("Daniel Ruiz", "busy"),
  contact("Emi Sato", "offline", { since: NOW - 62 * MINUTE }),
  contact("Farid Haddad", "offline"),
  contact("Gwen Abbott", "dnd", { text: "In the lab" }),
];

const HOME: SignedInView = {
  at: "signed-in",
  server: "https://beckon.example.org",
  self: { user: user("alice"), handle: "alice", name: "Alice Okada", availability: "available" },
  line: { at: "online" },
  contacts: CONTACTS,
  contactsKnown: true,
  missed: 0,
  history: { calls: [], known: false, hasMore: false, reading: "no" },
  settings: { known: true, showBusy: true, secondCall: "wait", letThrough: [], favourites: [], change: "none" },
  device: DEVICE_AT_FIRST,
  waiting: [],
};

const LONG_NAME = "Maximiliane-Theodora Wolfeschlegelsteinhausen-Bergerdorff the Third";
const LONG_STATUS =
  "Reading all of the minutes since the spring, and then the ones before, so please be patient with me until evening";

const MANY_STATES: Availability[] = ["available", "away", "busy", "dnd", "offline", "offline"];
const MANY = Array.from({ length: 200 }, (_, index) =>
  contact(`Person ${index + 1}`, MANY_STATES[index % MANY_STATES.length] ?? "offline", {
    user: user(`person${index}`),
    handle: `person.${index}`,
  }),
);

const REQUESTS: ContactView[] = [
  contact("Hana Kimura", "offline", { state: "incoming" }),
  contact(LONG_NAME, "offline", { state: "incoming" }),
  contact("ivan_the_quiet", "offline", { state: "outgoing" }),
  ...CONTACTS.slice(0, 3),
];

function home(more: Partial<SignedInView> = {}, answer?: PopupScene["answer"]): PopupScene {
  return { screen: "popup", view: { ...HOME, ...more }, ...(answer === undefined ? {} : { answer }) };
}

function inCall(state: Partial<CallView> & { at: CallView["at"] }): PopupScene {
  // The scene says the fields that its state has.
  return home({ call: { call, with: bob, media: "video", ...state } as CallView });
}

/** Somebody who calls during another call. */
const WAITING: WaitingView = {
  call: "00000000-0000-4000-8000-000000000002" as CallId,
  with: { user: user("chiyo"), name: "Chiyo Mori" },
  media: "video",
  until: NOW + 30_000,
  isAnswered: false,
};

function inTalk(...waiting: WaitingView[]): PopupScene {
  return home({ call: { call, with: bob, media: "video", at: "live", since: NOW - 724_000 }, waiting });
}

const POPUP: Record<string, PopupScene> = {
  "popup-loading": { screen: "popup", view: undefined },
  ...signScenes,
  home: home(),
  "home-loading": home({ contacts: [], contactsKnown: false, line: { at: "connecting" } }),
  "home-empty": home({ contacts: [] }),
  ...homesWithInvites(home),
  "home-200": home({ contacts: MANY }),
  "home-long": home({
    self: { ...HOME.self, name: LONG_NAME, availability: "dnd", until: NOW + 198 * MINUTE, text: LONG_STATUS },
    contacts: [contact(LONG_NAME, "available", { text: LONG_STATUS }), contact("森 千代", "away"), ...CONTACTS],
  }),
  "home-requests": home({ contacts: REQUESTS, missed: 2 }),
  "home-favourites": home({ settings: { ...HOME.settings, favourites: [user("Emi Sato"), user("Bob Tanaka")] } }),
  "home-favourite-gone": home({
    contacts: CONTACTS.filter(({ name }) => name !== "Emi Sato"),
    settings: { ...HOME.settings, favourites: [user("Bob Tanaka")] },
  }),
  "home-resorted": home({
    contacts: CONTACTS.map((one) => (one.name === "Bob Tanaka" ? { ...one, name: "Zoë Tanaka" } : one)),
  }),
  "home-missed": home({
    contacts: CONTACTS.map((one) => (one.name === "Emi Sato" ? { ...one, missedAt: NOW - 12 * MINUTE } : one)),
    missed: 1,
  }),
  "home-offline": home({
    line: { at: "offline", why: "network", retryAt: NOW + 4000, asOf: NOW },
    missed: 1,
  }),
  "home-offline-menu": home({ line: { at: "offline", why: "network", retryAt: NOW + 4000, asOf: NOW } }),
  "home-replaced": home({ line: { at: "offline", why: "replaced", asOf: NOW - 60 * MINUTE } }),
  "home-unchecked": home({ line: { at: "offline", why: "unchecked", retryAt: NOW + 4000, asOf: NOW - 2 * MINUTE } }),
  "home-watched": home({
    contacts: CONTACTS.map((one) =>
      ["Chiyo Mori", "Daniel Ruiz", "Emi Sato"].includes(one.name) ? { ...one, watched: true as const } : one,
    ),
  }),
  "home-quiet": home({ device: { ...DEVICE_AT_FIRST, quietHours: { from: 540, to: 720 } } }),
  "home-unattended": home({ self: { ...HOME.self, unattended: true } }),
  "home-server-busy": home({ line: { at: "offline", why: "server-busy", retryAt: NOW } }),
  "home-away": home({ self: { ...HOME.self, availability: "dnd", until: NOW + 198 * MINUTE } }),
  "home-problem": home({}, refused("in-a-call")),
  "home-adding": home(),
  "home-menu": home(),
  "home-looking": home(),
  "home-removing": home(),
  "home-blocking": home(),
  "home-blocked": home({
    contacts: [
      ...CONTACTS.slice(0, 2),
      contact("Jonas Weber", "offline", { state: "blocked" }),
      contact(LONG_NAME, "offline", { state: "blocked" }),
    ],
  }),
  "home-request-blocking": home({ contacts: REQUESTS }),
  "home-found": home(),
  "home-not-found": home(),
  ringing: inCall({ at: "ringing-in", until: NOW + 30_000, sound: "loud" }),
  "ringing-silenced": inCall({ at: "ringing-in", until: NOW + 30_000, sound: "silenced" }),
  "ringing-silent": inCall({ at: "ringing-in", until: NOW + 30_000, sound: "silent" }),
  "ringing-waiting": inCall({ at: "ringing-in", until: NOW + 30_000, sound: "waiting" }),
  "ringing-two": home({
    call: { call, with: bob, media: "video", at: "ringing-in", until: NOW + 30_000, sound: "loud" },
    waiting: [WAITING],
  }),
  "ringing-audio-long": home({
    call: {
      call,
      with: { user: user("x"), name: LONG_NAME },
      media: "audio",
      at: "ringing-in",
      until: NOW + 30_000,
      sound: "loud",
    },
  }),
  "ringing-blocking": inCall({ at: "ringing-in", until: NOW + 30_000, sound: "loud" }),
  "strip-inviting": inCall({ at: "inviting" }),
  "strip-ringing": inCall({ at: "ringing-out", devices: 2, mode: "loud" }),
  "strip-ringing-silent": inCall({ at: "ringing-out", devices: 1, mode: "silent" }),
  "strip-ringing-waiting": inCall({ at: "ringing-out", devices: 1, mode: "waiting" }),
  "strip-answered": inCall({ at: "joining", outgoing: true }),
  "strip-waiting": inTalk(WAITING),
  "strip-waiting-answered": inTalk({ ...WAITING, isAnswered: true }),
  "strip-waiting-two": inTalk(WAITING, {
    ...WAITING,
    call: "00000000-0000-4000-8000-000000000003" as CallId,
    with: { user: user("x"), name: LONG_NAME },
    media: "audio",
  }),
  "strip-live": inCall({ at: "live", since: NOW - 724_000 }),
  "strip-reconnecting": inCall({ at: "reconnecting", since: NOW - 3_724_000 }),
  "strip-away": inCall({ at: "away", since: NOW - 724_000, until: NOW + 14_000 }),
  "ended-unreachable": inCall({ at: "ended", reason: "unreachable", outgoing: true }),
  "ended-no-answer": inCall({ at: "ended", reason: "no-answer", outgoing: true }),
};

/** Longer than the screen waits before its words fade. */
const UNMOVED_MS = 10_000;
const LIVE = { at: "live", since: NOW - 724_000 } as const;
const TALK = { call: LIVE, link: "live" } as const;

function scene(props: Partial<CallState>, streams: { own?: boolean; remote?: boolean } = {}): CallScene {
  return { screen: "call", props, ...streams };
}

const CALL: Record<string, CallScene> = {
  "call-opening": scene({ call: { at: "opening" }, person: { name: "" } }),
  "call-inviting": scene({ call: { at: "inviting" } }, { own: true }),
  "call-inviting-offline": scene({ call: { at: "inviting" }, online: false }, { own: true }),
  "call-ringing": scene({ call: { at: "ringing-out", devices: 2, mode: "loud" } }, { own: true }),
  "call-ringing-waiting": scene({ call: { at: "ringing-out", devices: 1, mode: "waiting" } }, { own: true }),
  "call-ringing-silent": scene({ call: { at: "ringing-out", devices: 1, mode: "silent" } }, { own: true }),
  "call-answered": scene({ call: { at: "joining" }, link: "connecting" }, { own: true }),
  "call-waiting": scene({ ...TALK, waiting: [WAITING] }, { own: true, remote: true }),
  "call-waiting-answered": scene({ ...TALK, waiting: [{ ...WAITING, isAnswered: true }] }, { own: true, remote: true }),
  "call-waiting-crowded": scene(
    {
      ...TALK,
      online: false,
      needsClickForSound: true,
      cameraOn: false,
      cameraProblem: "missing",
      waiting: [WAITING, { ...WAITING, call, with: { user: user("x"), name: LONG_NAME }, media: "audio" }],
    },
    { own: true, remote: true },
  ),
  "call-ended-unreachable": scene({ call: { at: "ended", reason: "unreachable" } }),
  "call-joining": scene({ call: { at: "joining" }, link: "connecting", outgoing: false }, { own: true }),
  "call-live": scene(TALK, { own: true, remote: true }),
  ...lineScenes(TALK),
  "call-words": scene({ ...TALK, exchange: EXCHANGES.words }, { own: true, remote: true }),
  "call-words-empty": scene({ ...TALK, exchange: EXCHANGES.empty }, { own: true, remote: true }),
  "call-words-closed": scene(
    { call: LIVE, link: "interrupted", exchange: EXCHANGES.closed },
    { own: true, remote: true },
  ),
  "call-words-unread": scene({ ...TALK, exchange: EXCHANGES.unread }, { own: true, remote: true }),
  "call-files": scene({ ...TALK, exchange: EXCHANGES.files }, { own: true, remote: true }),
  "call-ended-words": scene({ call: { at: "ended", reason: "hangup", seconds: 724 }, exchange: EXCHANGES.over }),
  ...stageScenes(TALK),
  "call-live-muted": scene(
    { ...TALK, microphoneOn: false, cameraOn: false, remoteMicrophoneOn: false },
    { own: true, remote: true },
  ),
  ...deviceScenes(TALK),
  "call-live-audio": scene({ ...TALK, media: "audio", cameraOn: false, remoteCameraOn: false }, { remote: true }),
  "call-live-their-camera-off": scene({ ...TALK, remoteCameraOn: false }, { own: true, remote: true }),
  "call-live-unmoved": scene({ ...TALK, now: NOW + UNMOVED_MS }, { own: true, remote: true }),
  "call-unread-unmoved": scene(
    { ...TALK, exchange: EXCHANGES.unread, now: NOW + UNMOVED_MS },
    { own: true, remote: true },
  ),
  "call-muted-unmoved": scene({ ...TALK, microphoneOn: false, now: NOW + UNMOVED_MS }, { own: true, remote: true }),
  "call-interrupted-unmoved": scene(
    { call: { ...LIVE, at: "reconnecting" }, link: "interrupted", now: NOW + UNMOVED_MS },
    { own: true, remote: true },
  ),
  "call-interrupted": scene({ call: LIVE, link: "interrupted", online: false }, { own: true, remote: true }),
  "call-returning": scene({ call: { ...LIVE, at: "reconnecting" }, link: "idle" }, { own: true }),
  "call-failed": scene({ call: { at: "joining" }, link: "failed" }),
  "call-failed-no-relay": scene({ call: { at: "joining" }, link: "failed", failure: "no-relay" }),
  "call-failed-peer-server": scene({ call: { at: "joining" }, link: "failed", failure: "peer-server" }),
  "call-ended-relay-missing": scene({ call: { at: "ended", reason: "failed" }, failure: "relay-missing" }),
  "call-ended-no-relay": scene({ call: { at: "ended", reason: "failed" }, failure: "no-relay" }),
  "call-failed-lost": scene({ call: { ...LIVE, at: "reconnecting" }, link: "failed", failure: "lost" }),
  "call-sound-blocked": scene({ ...TALK, needsClickForSound: true }, { own: true, remote: true }),
  "call-devices-refused": scene({
    call: { at: "inviting" },
    cameraOn: false,
    microphoneOn: false,
    cameraProblem: "refused",
    microphoneProblem: "refused",
  }),
  "call-two-problems": scene(
    { ...TALK, cameraOn: false, microphoneOn: false, cameraProblem: "missing", microphoneProblem: "busy" },
    { remote: true },
  ),
  "call-long-name": scene({ ...TALK, person: { name: LONG_NAME }, remoteCameraOn: false }, { own: true, remote: true }),
  "call-ended": scene({ call: { at: "ended", reason: "hangup", seconds: 724 } }),
  "call-ended-no-answer": scene({ call: { at: "ended", reason: "no-answer" } }),
  "call-ended-elsewhere": scene({ call: { at: "ended", reason: "answered-elsewhere" }, outgoing: false }),
  "call-unknown": scene({ call: { at: "unknown" }, person: { name: "" } }),
};

/** Every state that a screen can be in, by name. */
export const SCENES: Record<string, Scene | undefined> = {
  ...POPUP,
  ...historyScenes(HOME, LONG_NAME),
  ...settingsScenes(HOME, MANY),
  ...inviteScenes(HOME, LONG_NAME),
  ...welcomeScenes(HOME),
  ...CALL,
};

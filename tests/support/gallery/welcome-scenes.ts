import type { DeviceOption, DevicePreviewProps } from "../../../extension/components/device-props.ts";
import type { WelcomeCommands } from "../../../extension/components/welcome-props.ts";
import { newReach, type Reach, type ReachProblem } from "../../../extension/core/reach.ts";
import type { SignedInView, View } from "../../../extension/core/view.ts";
import type { CommandAnswer } from "../../../extension/messaging/commands.ts";
import { inviteFunctions, type InviteScene } from "./invite-scenes.ts";
import { painted } from "./picture.ts";

export interface WelcomeScene {
  screen: "welcome";
  view: View | undefined;
  devices?: "on" | "refused" | "missing";
  registration?: "open" | "invite" | "closed";
  /** Whether the server sends none. */
  unmailed?: true;
  browser?: "firefox";
  reach?: Reach;
  /** What the server says of a link. */
  read?: InviteScene["read"];
}

const SERVER = "https://beckon.example.org";

/** The first run in each of its states; `acts.ts` goes to the step that the name says. */
export function welcomeScenes(home: SignedInView): Record<string, WelcomeScene> {
  const signedOut: View = { at: "signed-out", sessionEnded: false, server: SERVER, device: home.device };
  const unknown: View = { at: "signed-out", sessionEnded: false, device: home.device };
  const invite = { code: "K7QM-2XPA-9D3H-4TVB", server: SERVER };
  const alone: View = { ...home, contacts: [] };
  const scene = (view: View | undefined, more: Partial<WelcomeScene> = {}): WelcomeScene => ({
    screen: "welcome",
    view,
    ...more,
  });
  const passed = { at: "passed" } as const;
  const waiting = { at: "waiting" } as const;
  const failed = (why: ReachProblem) => ({ at: "failed", why }) as const;
  const rang: Reach = {
    ...newReach(),
    session: passed,
    server: passed,
    availability: passed,
    notification: passed,
    ring: passed,
    badge: { at: "passed", note: "badge-hidden" },
  };
  return {
    "welcome-loading": scene(undefined),
    "welcome-server": scene(signedOut),
    "welcome-server-unknown": scene(unknown),
    "welcome-account-sent": scene({ ...signedOut, invite }),
    "welcome-account": scene(signedOut),
    "welcome-account-invited": scene(signedOut, { registration: "invite" }),
    "welcome-account-closed": scene(signedOut, { registration: "closed" }),
    "welcome-forgotten": scene(signedOut),
    "welcome-forgotten-unmailed": scene(signedOut, { unmailed: true }),
    "welcome-devices-asked": scene(alone),
    "welcome-devices": scene(alone, { devices: "on" }),
    "welcome-devices-refused": scene(alone, { devices: "refused" }),
    "welcome-devices-missing": scene(alone, { devices: "missing" }),
    "welcome-ring": scene(alone),
    "welcome-ring-signed-out": scene(signedOut),
    "welcome-ring-running": scene(alone, { reach: { ...newReach(), session: passed, server: { at: "running" } } }),
    "welcome-ring-good": scene(alone, { devices: "on", reach: rang }),
    "welcome-ring-good-alone": scene(signedOut, { reach: { ...rang, session: failed("signed-out"), server: waiting } }),
    "welcome-ring-denied": scene(alone, { reach: { ...rang, notification: failed("notification-denied") } }),
    "welcome-ring-offline": scene(alone, { reach: { ...rang, server: failed("no-line") } }),
    "welcome-ring-dnd": scene(alone, { reach: { ...rang, availability: { at: "off", why: "do-not-disturb" } } }),
    "welcome-friend": scene(alone),
    "welcome-friend-link": scene(alone),
    "welcome-friend-else": scene(home, { read: { ok: false, problem: "self" } }),
    "welcome-friend-taken": scene(home, { read: { ok: false, problem: "not-found" } }),
    "welcome-friend-invited": scene({ ...alone, invite: { code: "K7QM-2XPA-9D3H-4TVB" } }),
    "welcome-friend-signed-out": scene(signedOut),
    "welcome-done": scene(home),
    "welcome-done-all": scene(home, { devices: "on", reach: rang }),
    "welcome-done-signed-out": scene(signedOut),
    "welcome-done-firefox": scene(alone, { browser: "firefox" }),
  };
}

export function welcomeCommands(
  { registration = "open", read, unmailed }: WelcomeScene,
  note: (name: string) => void,
): WelcomeCommands {
  const reply =
    (name: string, answer: CommandAnswer = { ok: true }) =>
    (): Promise<CommandAnswer> => {
      note(name);
      return Promise.resolve(answer);
    };
  return {
    ...inviteFunctions(note, read === undefined ? {} : { read }),
    checkServer: reply("checkServer", { ok: true, value: { registration, mail: unmailed !== true } }),
    signIn: reply("signIn"),
    signUp: reply("signUp"),
    signInByProvider: reply("signInByProvider"),
    requestPasswordReset: reply("requestPasswordReset"),
    requestContact: reply("requestContact"),
    openInvite: reply("openInvite"),
    closeInvite: reply("closeInvite"),
    setDevice: reply("setDevice"),
    ring: () => note("ring"),
    openSettings: () => note("openSettings"),
    leave: () => note("leave"),
  };
}

/** Their names are known where camera and microphone are allowed. */
export function speakersOf({ devices }: WelcomeScene): DeviceOption[] {
  return devices === "on" ? [{ id: "desk", label: "USB speakers" }] : [];
}

export function previewOf({ devices }: WelcomeScene): DevicePreviewProps {
  const problem = devices === "on" ? undefined : devices;
  const names = { camera: ["FaceTime HD", "Logitech BRIO"], microphone: ["Built-in microphone"] };
  return {
    state: devices === undefined ? "off" : "on",
    stream: devices === "on" ? painted("#8a7f99", "#4a4456") : undefined,
    level: devices === "on" ? 0.6 : 0,
    problem: () => problem,
    options: (kind) => (devices === "missing" ? [] : names[kind].map((label) => ({ id: label, label }))),
    chosen: (kind) => (kind === "camera" ? names.camera[0] : undefined),
    onopen: () => undefined,
    onchoose: () => undefined,
    onclose: () => undefined,
  };
}

import type { UserId, WaitingInvite } from "#protocol";
import type { InviteCommands, InvitePageCommands } from "../../../extension/components/invite-props.ts";
import type { SignedInView, View } from "../../../extension/core/view.ts";
import type { Asked, CommandAnswer } from "../../../extension/messaging/commands.ts";
import { NOW } from "./now.ts";

type Read = Asked<"readInviteLink">;

export interface InviteScene {
  screen: "invite";
  view: View | undefined;
  /** What the server says of the link; `never` leaves the page waiting. */
  read: Read | "never";
  /** What it says once the person accepts, where that does not go well. */
  redeem?: Refused;
  /** Whether links open by themselves already. */
  links?: "granted";
}

/** The links that wait, or why they cannot be read; `never` leaves them unread. */
export type ScenesLinks = readonly WaitingInvite[] | Refused | "never";

type Refused = Extract<CommandAnswer, { ok: false }>;

const SERVER = "https://beckon.example.org";
const CODE = "K7QM-2XPA-9D3H-4TVB";
const WEEK_MS = 7 * 24 * 3_600_000;

// Ids are branded, and a test may make one of any text.
const inviter = { id: "hana" as UserId, handle: "hana", name: "Hana Kimura" };
const found: Read = { ok: true, value: { user: inviter, expires: NOW + WEEK_MS } };

const DAY_MS = 24 * 3_600_000;
const WAITING: WaitingInvite[] = [0.004, 1.3, 5.9].map((days, at) => {
  const made = NOW - days * DAY_MS;
  const link = { id: `link${String(at)}`, at: made, expires: made + WEEK_MS };
  return at === 1 ? { ...link, note: "Mum, for her new laptop" } : link;
});

/** The popup where an invite waits, and where a link is made. */
export function homesWithInvites<Scene extends { waitingLinks?: ScenesLinks }>(
  home: (more: Partial<SignedInView>, answer?: CommandAnswer) => Scene,
): Record<string, Scene> {
  return {
    "home-invited": home({ invite: { code: CODE } }),
    "home-invite": home({}),
    "home-invite-empty": home({ contacts: [] }),
    "home-invite-full": { ...home({}, { ok: false, problem: "links-full" }), waitingLinks: WAITING },
    "home-links": { ...home({}), waitingLinks: WAITING },
    "home-links-reading": { ...home({}), waitingLinks: "never" },
    "home-links-withdrawn": { ...home({}), waitingLinks: WAITING },
    "home-links-late": { ...home({}, { ok: false, problem: "not-found" }), waitingLinks: WAITING },
    "home-links-offline": {
      ...home({ line: { at: "offline", why: "network" } }),
      waitingLinks: { ok: false, problem: "offline" },
    },
    "home-links-failed": { ...home({}, { ok: false, problem: "server-away" }), waitingLinks: WAITING },
  };
}

/** The page of an invite in each of its states. */
export function inviteScenes(home: SignedInView, longName: string): Record<string, InviteScene> {
  const scene = (read: InviteScene["read"], more: Partial<SignedInView> = {}): InviteScene => ({
    screen: "invite",
    view: { ...home, invite: { code: CODE, server: SERVER }, ...more },
    read,
  });
  const contact = {
    user: inviter.id,
    handle: "hana",
    name: "Hana Kimura",
    state: "accepted",
    availability: "away",
  } as const;
  const longOne: Read = { ok: true, value: { user: { ...inviter, name: longName }, expires: NOW } };
  return {
    invite: scene(found),
    "invite-links-granted": { ...scene(found), links: "granted" },
    "invite-long": scene(longOne),
    "invite-reading": scene("never"),
    "invite-added": scene(found),
    "invite-already": scene(found, { contacts: [contact] }),
    "invite-not-valid": scene({ ok: false, problem: "not-found" }),
    "invite-own": scene({ ok: false, problem: "self" }),
    "invite-blocked": { ...scene(found), redeem: { ok: false, problem: "blocked" } },
    "invite-offline": scene({ ok: false, problem: "offline" }),
    "invite-elsewhere": scene(found, { invite: { code: CODE, server: "https://elsewhere.example.net" } }),
    "invite-none": { screen: "invite", view: home, read: found },
    "invite-signed-out": {
      screen: "invite",
      view: {
        at: "signed-out",
        sessionEnded: false,
        device: home.device,
        server: SERVER,
        invite: { code: CODE, server: SERVER },
      },
      read: found,
    },
  };
}

interface Answers {
  read?: InviteScene["read"] | undefined;
  create?: Refused | undefined;
  redeem?: Refused | undefined;
  waitingLinks?: ScenesLinks | undefined;
  withdraw?: Refused | undefined;
}

/** The functions about links answer as a scene says; `note` hears the name of each. */
export function inviteFunctions(
  note: (name: string) => void,
  { read = found, create, redeem, waitingLinks = [], withdraw }: Answers = {},
): InviteCommands {
  let waiting = waitingLinks;
  return {
    createInviteLink: () => {
      note("createInviteLink");
      const link = { code: CODE, url: `${SERVER}/i/${CODE}`, expires: NOW + WEEK_MS };
      return Promise.resolve(create ?? { ok: true, value: link });
    },
    listInviteLinks: () => {
      if (waiting === "never") return new Promise<never>(() => undefined);
      return Promise.resolve("problem" in waiting ? waiting : { ok: true, value: { links: [...waiting] } });
    },
    withdrawInviteLink: (link) => {
      note("withdrawInviteLink");
      if (withdraw?.problem !== "server-away" && Array.isArray(waiting))
        waiting = waiting.filter(({ id }: WaitingInvite) => id !== link);
      return Promise.resolve(withdraw ?? { ok: true, value: {} });
    },
    readInviteLink: () => (read === "never" ? new Promise<never>(() => undefined) : Promise.resolve(read)),
    redeemInviteLink: () => {
      note("redeemInviteLink");
      return Promise.resolve(redeem ?? { ok: true, value: { user: inviter } });
    },
  };
}

export function inviteCommands(scene: InviteScene, note: (name: string) => void): InvitePageCommands {
  const reply = (name: string) => (): Promise<CommandAnswer> => {
    note(name);
    return Promise.resolve({ ok: true });
  };
  return {
    ...inviteFunctions(note, scene),
    checkServer: reply("checkServer"),
    signIn: reply("signIn"),
    signUp: reply("signUp"),
    signInByProvider: reply("signInByProvider"),
    openInvite: reply("openInvite"),
    requestPasswordReset: reply("requestPasswordReset"),
    closeInvite: reply("closeInvite"),
    leave: () => note("leave"),
  };
}

/** Invite links do not open by themselves yet, but where the scene says so. */
export function linksOf(_server?: string, { links = "missing" }: { links?: "granted" | "missing" } = {}) {
  return { state: links, ongive: () => undefined, ontake: () => undefined };
}

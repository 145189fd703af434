import type { CallId, UserId } from "#protocol";
import { isFull } from "./app-settings.ts";
import type { PageCommand, Refusal } from "./app-event-types.ts";
import type { AppState, SignedIn } from "./app-state-types.ts";
import { isNamed, isPresent } from "./call-parts.ts";
import { isAccepted } from "./roster.ts";

/** Why this cannot be done in this state, or undefined where it can. The update ignores what is refused here. */
export function refusal(state: AppState, command: PageCommand): Refusal | undefined {
  // An invite waits also for who is not signed in yet, and the device is theirs as well.
  if (command.type === "open-invite" || command.type === "close-invite" || command.type === "set-device")
    return undefined;
  if (state.at === "signed-out") return "signed-out";
  switch (command.type) {
    case "place-call":
      return placeRefusal(state, command);
    case "accept-call":
      // One answer at a time: which of two would have the stage?
      return state.others.some(({ answer }) => answer) ? "in-a-call" : ringRefusal(state, command.call);
    case "decline-call":
      return ringRefusal(state, command.call);
    case "silence-ring":
      return state.call.at === "ringing-in" && isNamed(state.call, command.call) ? undefined : "not-found";
    case "hang-up":
      return isPresent(state.call) && isNamed(state.call, command.call) ? undefined : "not-found";
    case "show-call-tab":
      return isPresent(state.call) ? undefined : "not-found";
    case "watch-contact":
      return isContact(state, command.user) ? undefined : "not-found";
    case "let-through":
    case "favourite":
      if (command.on && !isContact(state, command.user)) return "not-found";
      return isFull(state, command) ? "list-full" : undefined;
    default:
      return undefined;
  }
}

function ringRefusal({ call: present, others }: SignedIn, call: CallId): Refusal | undefined {
  if (present.at === "ringing-in" && isNamed(present, call)) return undefined;
  return others.some((ring) => ring.call === call && ring.answer === undefined) ? undefined : "not-found";
}

function isContact({ roster }: SignedIn, user: UserId): boolean {
  return roster.contacts.some((contact) => contact.user === user && isAccepted(contact));
}

function placeRefusal(state: SignedIn, { user }: Extract<PageCommand, { type: "place-call" }>): Refusal | undefined {
  const { call, connection } = state;
  if (call.at === "ringing-in" && call.with.user === user) return undefined;
  if (!isContact(state, user)) return "not-found";
  if (isPresent(call)) return "in-a-call";
  // A line that is just being opened is worth waiting for; a background that was asleep has none at first. [CONN-1]
  const { line, failures } = connection;
  const isHopeful = line.at === "opening" || line.at === "greeting" || (line.at === "waiting" && failures <= 1);
  return line.at === "online" || isHopeful ? undefined : "offline";
}

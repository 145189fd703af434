import type { Contact } from "#protocol";
import type { SignedIn } from "./app-state-types.ts";
import { isPresent } from "./call-parts.ts";
import { withoutNewcomersSeen } from "./newcomers.ts";
import { heedRequests } from "./requests.ts";
import { isAccepted } from "./roster.ts";
import { heedWatching } from "./watch.ts";

/** Whether the person could take a call here and now. */
export function isFree({ self, call, idle, connection }: SignedIn): boolean {
  const chosen = self.wanted?.availability ?? self.availability;
  return chosen === "available" && !isPresent(call) && !idle && connection.line.at === "online";
}

/** After every event: who was asked about and is free now is told of, and so is who asks to be a contact. */
export function heeded(state: SignedIn, at: number): SignedIn {
  return withoutNewcomersSeen(withRequests(withWatching(state, at)));
}

/** Who asks to be a contact, by the list as it was last read. */
export function askers({ roster }: SignedIn): Contact[] {
  return roster.contacts.filter((contact) => contact.state === "incoming");
}

function withRequests(state: SignedIn): SignedIn {
  const { roster, self, contactsShown } = state;
  if (!roster.known) return state;
  const isQuiet = (self.wanted?.availability ?? self.availability) === "dnd";
  const requests = heedRequests(state.requests, { waiting: askers(state), isSeen: contactsShown, isQuiet });
  return requests === state.requests ? state : { ...state, requests };
}

function withWatching(state: SignedIn, at: number): SignedIn {
  const { connection, roster, call } = state;
  const isOnline = connection.line.at === "online";
  const watching = heedWatching(state.watching, {
    at,
    isFree: isFree(state),
    // What is shown on while a server settles is not what it says.
    availabilityOf: (user) => (isOnline ? (roster.presence[user]?.availability ?? "offline") : undefined),
    isContact: (user) =>
      !roster.known || roster.contacts.some((contact) => contact.user === user && isAccepted(contact)),
    callWith: isPresent(call) && call.at !== "ringing-in" ? call.with.user : undefined,
  });
  return watching === state.watching ? state : { ...state, watching };
}

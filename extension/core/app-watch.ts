import type { SignedIn } from "./app-types.ts";
import { isPresent } from "./call-parts.ts";
import { isAccepted } from "./roster.ts";
import { heedWatching } from "./watch.ts";

/** Whether the person could take a call here and now. */
export function isFree({ self, call, idle, connection }: SignedIn): boolean {
  const chosen = self.wanted?.availability ?? self.availability;
  return chosen === "available" && !isPresent(call) && !idle && connection.line.at === "online";
}

/** After every event: who was asked about and is free now, is told of. */
export function heeded(state: SignedIn, at: number): SignedIn {
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

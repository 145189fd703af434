import type { ClientMessageOf, ServerMessageOf, UserId } from "#protocol";
import type { ChosenPresence } from "./events.ts";
import { chosenAfter, chosenWhenOver, sameChoice } from "./presence.ts";
import { retellRings, reviewRings } from "./ringing.ts";
import { sameSettings, settingsAfter, settingsWithout } from "./settings.ts";
import type { Speaker, User } from "./users.ts";
import type { Turn, World } from "./world.ts";

/** The user's own choice, on every device. */
export function setPresence(
  world: World,
  turn: Turn,
  { user, connection }: Speaker,
  message: ClientMessageOf<"presence.set">,
): void {
  turn.ok({ connection, re: message.id });
  const { availability, until, text } = message;
  const chosen = chosenAfter(
    user.chosen,
    {
      ...(availability === undefined ? {} : { availability }),
      ...(until === undefined ? {} : { until }),
      ...(text === undefined ? {} : { text }),
    },
    turn.at,
  );
  if (!sameChoice(user.chosen, chosen)) choose(world, turn, user, chosen);
}

/** The user's choice has run out. */
export function endChoice(world: World, turn: Turn, userId: UserId): void {
  const user = world.users.get(userId);
  if (user !== undefined) choose(world, turn, user, chosenWhenOver(user.chosen));
}

/** Arms the end of a choice that was made earlier; one that ran out meanwhile ends at once. */
export function resumeChoice(world: World, turn: Turn, user: User): void {
  const { until } = user.chosen;
  if (until === undefined) return;
  if (until <= turn.at) choose(world, turn, user, chosenWhenOver(user.chosen));
  else world.deadlines.set({ type: "choice", user: user.id }, until);
}

function choose(world: World, turn: Turn, user: User, chosen: ChosenPresence): void {
  user.chosen = chosen;
  turn.emit({ type: "save-choice", user: user.id, chosen });
  if (chosen.until === undefined) world.deadlines.clear({ type: "choice", user: user.id });
  else world.deadlines.set({ type: "choice", user: user.id }, chosen.until);
  reviewRings(world, turn, user.id);
  tellSelf(world, turn, user);
  turn.touched.add(user.id);
}

/** The user's settings, on every device. They count for a ring that is already there. */
export function setSettings(
  world: World,
  turn: Turn,
  { user, connection }: Speaker,
  message: ClientMessageOf<"settings.set">,
): void {
  turn.ok({ connection, re: message.id });
  const before = user.settings;
  const settings = settingsAfter(before, message);
  if (sameSettings(before, settings)) return;
  user.settings = settings;
  turn.emit({ type: "save-settings", user: user.id, settings });
  reviewRings(world, turn, user.id);
  retellRings(world, turn, user.id, before);
  tellSelf(world, turn, user);
  turn.touched.add(user.id);
}

/** Somebody is this user's contact no longer, and leaves the lists of their settings. */
export function forgetContact(world: World, turn: Turn, userId: UserId, gone: UserId): void {
  const user = world.users.get(userId);
  if (user === undefined) return;
  const settings = settingsWithout(user.settings, gone);
  if (sameSettings(user.settings, settings)) return;
  user.settings = settings;
  turn.emit({ type: "save-settings", user: user.id, settings });
  tellSelf(world, turn, user);
}

/** This device is unattended, or no longer. It changes no choice. [PRES-1] */
export function setIdle(
  turn: Turn,
  { user, device, connection }: Speaker,
  message: ClientMessageOf<"device.idle">,
): void {
  turn.ok({ connection, re: message.id });
  device.idle = message.idle;
  turn.touched.add(user.id);
}

/** To each device of the user; with their profile where that changed. */
export function tellSelf(world: World, turn: Turn, user: User, profile?: ShownProfile): void {
  const message: ServerMessageOf<"self"> = {
    type: "self",
    ...selfOf(user, turn.at),
    settings: user.settings,
    ...(profile === undefined ? {} : { user: shownProfile(profile) }),
  };
  turn.send(world.users.connectionsOf(user.id), message);
}

type ShownProfile = NonNullable<ServerMessageOf<"self">["user"]>;

/** A person as their own devices show them. */
export function shownProfile({ handle, name, avatar }: ShownProfile): ShownProfile {
  return { handle, name, ...(avatar === undefined ? {} : { avatar }) };
}

/** A user's own choice as their devices read it now; `until` is a span in ms. */
export function selfOf({ chosen }: User, at: number): Pick<ServerMessageOf<"self">, "availability" | "text" | "until"> {
  return {
    availability: chosen.availability,
    ...(chosen.text === undefined ? {} : { text: chosen.text }),
    ...(chosen.until === undefined ? {} : { until: chosen.until - at }),
  };
}

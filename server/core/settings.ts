import type { ClientMessageOf, Settings, UserId } from "#protocol";

/** The lists of contacts among the settings; each is there where it names someone. */
const LISTS = ["letThrough", "favourites"] as const;

/** The settings after a change; what is left out stays. */
export function settingsAfter(settings: Settings, change: Omit<ClientMessageOf<"settings.set">, "type">): Settings {
  const { showBusy = settings.showBusy, secondCall = settings.secondCall } = change;
  return { showBusy, secondCall, ...listsOf((list) => change[list] ?? settings[list]) };
}

/** The settings once somebody is a contact no longer: no list goes on naming them. */
export function settingsWithout(settings: Settings, gone: UserId): Settings {
  const { showBusy, secondCall } = settings;
  return { showBusy, secondCall, ...listsOf((list) => settings[list]?.filter((user) => user !== gone)) };
}

export function sameSettings(one: Settings, other: Settings): boolean {
  const isSame = (list: (typeof LISTS)[number]) => (one[list] ?? []).join(" ") === (other[list] ?? []).join(" ");
  return one.showBusy === other.showBusy && one.secondCall === other.secondCall && LISTS.every(isSame);
}

/** Each list without doubles, where there is someone on it. */
function listsOf(read: (list: (typeof LISTS)[number]) => UserId[] | undefined): Partial<Settings> {
  const lists = LISTS.map((list) => [list, [...new Set(read(list))]] as const);
  return Object.fromEntries(lists.filter(([, users]) => users.length > 0));
}

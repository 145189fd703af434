import type { ClientMessageOf, Settings } from "#protocol";

/** The settings after a change; what is left out stays. */
export function settingsAfter(settings: Settings, change: ClientMessageOf<"settings.set">): Settings {
  const { showBusy = settings.showBusy, secondCall = settings.secondCall } = change;
  const letThrough = [...new Set(change.letThrough ?? settings.letThrough ?? [])];
  return { showBusy, secondCall, ...(letThrough.length === 0 ? {} : { letThrough }) };
}

export function sameSettings(one: Settings, other: Settings): boolean {
  const listOf = ({ letThrough = [] }: Settings) => letThrough.join(" ");
  return one.showBusy === other.showBusy && one.secondCall === other.secondCall && listOf(one) === listOf(other);
}

/** Chromium names the system's choice a second time; without a permission every device goes by no name. */
export function isAlias(id: string): boolean {
  return id === "" || id === "default" || id === "communications";
}

/**
 * Whether it is no microphone, but what a speaker plays, which Linux lists among them and Firefox as well: it would send the other side an
 * echo, and whatever else is heard there. Its name is the same in every language.
 */
export function isMonitor({ label }: { label: string }): boolean {
  return label.startsWith("Monitor of ");
}

/** A device as it was opened, or as it is listed now. */
interface Named {
  id: string;
  label: string;
  /** What the devices of one machine part have in common, and with them the system's choice while it is one of them. */
  group?: string | undefined;
}

/** Whether the system's choice, opened by its second name, means another device in the list of now. */
export function meansAnother(opened: Named, listed: Named): boolean {
  if (!isAlias(opened.id) || opened.id !== listed.id) return false;
  // Without the permission to know them, the list is of no names and groups.
  const differs = (then = "", now = "") => then !== "" && now !== "" && then !== now;
  return differs(opened.group, listed.group) || differs(opened.label, listed.label);
}

/** Stands between Chromium's second name, which each language has its own word for, and the name of what it means. */
const JOINT = " - ";

/** The name by which people know a device: of the system's choice it is that of the device that it is; empty where that is not told. */
export function properName({ id, label }: Named): string {
  if (!isAlias(id)) return label;
  const joint = label.indexOf(JOINT);
  return joint < 0 ? "" : label.slice(joint + JOINT.length);
}

/**
 * What a list of devices shows as chosen: the one in use once one is, which is another where the chosen one is gone; undefined where the
 * choice is the system's own, or goes by a name of the system's alone.
 */
export function shownChoice(
  options: readonly { id: string }[],
  chosen: string | undefined,
  used: string | undefined,
): string | undefined {
  return chosen === undefined ? undefined : options.find(({ id }) => id === (used ?? chosen))?.id;
}

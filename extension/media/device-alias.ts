/** Chromium names the system's choice a second time; without a permission every device goes by no name. */
export function isAlias(id: string): boolean {
  return id === "" || id === "default" || id === "communications";
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

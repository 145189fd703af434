import type { UserId } from "#protocol";
import type { ContactView } from "../core/view.ts";

/** So many rows are drawn at once: more than a screen has, and fewer than anybody waits for. */
const AT_ONCE = 20;

/** Some of the rows of each group. */
export interface DrawnRows<Group extends string> {
  rows: Record<Group, ContactView[]>;
  /** What is drawn by now: a row that comes into another group is drawn anew. */
  drawn: ReadonlySet<string>;
}

/**
 * Which rows of a long list to draw now: those that are drawn by now, those `wanted` at once, and a few more. Asked again with
 * what it answered, it comes to all of them, and then answers with the very same set.
 */
export function rowsInTurn<Group extends string>(
  groups: Record<Group, ContactView[]>,
  drawn: ReadonlySet<string>,
  wanted: readonly (UserId | undefined)[],
): DrawnRows<Group> {
  const next = new Set<string>();
  let added = 0;
  const isItsTurn = (row: string, { user }: ContactView): boolean => {
    if (drawn.has(row) || wanted.includes(user)) return true;
    added += 1;
    return added <= AT_ONCE;
  };
  const rows = mapGroups(groups, (group, contacts) =>
    contacts.filter((contact) => {
      const row = nameOf(group, contact);
      const isDrawn = isItsTurn(row, contact);
      if (isDrawn) next.add(row);
      return isDrawn;
    }),
  );
  const isSame = next.size === drawn.size && [...next].every((row) => drawn.has(row));
  return { rows, drawn: isSame ? drawn : next };
}

/** All of the rows, as those that are drawn. */
export function everyRow(groups: Record<string, ContactView[]>): ReadonlySet<string> {
  return new Set(Object.entries(groups).flatMap(([group, contacts]) => contacts.map((one) => nameOf(group, one))));
}

function nameOf(group: string, { user }: ContactView): string {
  return `${group} ${user}`;
}

function mapGroups<Group extends string>(
  groups: Record<Group, ContactView[]>,
  map: (group: Group, contacts: ContactView[]) => ContactView[],
): Record<Group, ContactView[]> {
  // The names are those of the parameter's type.
  const names = Object.keys(groups) as Group[];
  return Object.fromEntries(names.map((group) => [group, map(group, groups[group])])) as Record<Group, ContactView[]>;
}

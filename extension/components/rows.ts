/** The arrow keys, Home and End move the focus among the rows inside: each row has one element marked `data-row`. */
export function moveAmongRows(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
  const rows = Array.from(event.currentTarget.querySelectorAll<HTMLElement>("[data-row]"));
  const here = rows.findIndex((row) => row.closest("li")?.contains(document.activeElement));
  const next = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: rows.length - 1 }[event.key];
  if (here === -1 || next === undefined) return;
  event.preventDefault();
  rows[Math.min(Math.max(next, 0), rows.length - 1)]?.focus();
}

/** For finding a name whatever its case, its width and its accents. */
export function fold(name: string): string {
  return name.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase().trim();
}

/** The arrow keys, Home and End move the focus among the rows inside: each row has one element marked `data-row`. */
export function moveAmongRows(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
  const rows = Array.from(event.currentTarget.querySelectorAll<HTMLElement>("[data-row]"));
  const here = rows.findIndex((row) => row.closest("li")?.contains(document.activeElement));
  const next = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: rows.length - 1 }[event.key];
  if (here === -1 || next === undefined) return;
  event.preventDefault();
  rows[Math.min(Math.max(next, 0), rows.length - 1)]?.focus();
}

/** Whether a key writes something, as in a search: a space presses what has the focus. */
export function isWriting({ key, ctrlKey, altKey, metaKey, isComposing }: KeyboardEvent): boolean {
  if (ctrlKey || altKey || metaKey) return false;
  // A key that an input method takes is named so.
  return isComposing || key === "Process" || key === "Backspace" || (key !== " " && Array.from(key).length === 1);
}

/** Whether a key asks for the menu of what has the focus. */
export function isMenuKey({ key, shiftKey }: KeyboardEvent): boolean {
  return key === "ContextMenu" || (key === "F10" && shiftKey);
}

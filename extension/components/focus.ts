/** What a press of Tab may reach, or an arrow key in a list. */
const CONTROLS = "input:not([type=radio], [hidden]), button, select";

/**
 * Keeps the focus from falling out of the page when what had it is redrawn away: it goes to its row's present place, else to
 * the control marked `data-start`, which also has it at first, and else as in {@link keepPlace}. What is made `inert` gets it
 * back afterwards. It is never taken from anything. An attachment; gives its own undoing.
 */
export function keepFocus(node: HTMLElement): () => void {
  return follow(node, () => node.querySelector<HTMLElement>("[data-start]") ?? undefined);
}

/**
 * As {@link keepFocus}, for a page that is read from its top: nothing has the focus at first, and what took the place of
 * what had it goes on with it. Where nothing did, that is the control beside it in the same section.
 */
export function keepPlace(node: HTMLElement): () => void {
  return follow(node, () => undefined);
}

/** Gives the focus to the first control of what a person's own act brought up where they are. An attachment. */
export function focusFirst(node: HTMLElement): void {
  controlIn(node, 0)?.focus({ preventScroll: true });
}

/** Gives the focus to what a person's own act brought up to be pressed next. An attachment. */
export function focusNow(node: HTMLElement): void {
  node.focus({ preventScroll: true });
}

function follow(node: HTMLElement, startOf: () => HTMLElement | undefined): () => void {
  const attached = new AbortController();
  const { signal } = attached;
  let last: HTMLElement | undefined;
  let covered: HTMLElement | undefined;

  function onfocusin({ target }: FocusEvent): void {
    if (target instanceof HTMLElement) last = target;
  }

  function onmutations(records: MutationRecord[]): void {
    const inert = records.find(({ type }) => type === "attributes")?.target;
    if (inert instanceof HTMLElement && inert.inert) covered = inert.contains(last ?? null) ? last : undefined;
    if (hasFocus()) return;
    if (inert instanceof HTMLElement && !inert.inert && covered?.isConnected === true) focus(covered);
    else if (last?.isConnected !== true) focus(heirOf(node, last, records) ?? startOf() ?? inPlaceOf(last, records));
    // A list that is sorted anew takes its rows out and puts them in again.
    else if (records.some(({ removedNodes }) => isAmong(last, removedNodes))) last.focus({ preventScroll: true });
  }

  node.addEventListener("focusin", onfocusin, { signal });
  node.addEventListener("keydown", ignoreHeldEnter, { signal, capture: true });
  const observer = new MutationObserver(onmutations);
  observer.observe(node, { subtree: true, childList: true, attributeFilter: ["inert"] });
  if (!hasFocus()) focus(startOf());
  return () => {
    attached.abort();
    observer.disconnect();
  };
}

/** A key that is still held from what stood there before presses nothing that took its place. */
function ignoreHeldEnter(event: KeyboardEvent): void {
  if (event.key === "Enter" && event.repeat) event.preventDefault();
}

function hasFocus(): boolean {
  return document.activeElement !== null && document.activeElement !== document.body;
}

/** The present place of what was removed: what is left of its row, the same person's row, or the next row. */
function heirOf(
  node: HTMLElement,
  removed: HTMLElement | undefined,
  records: MutationRecord[],
): HTMLElement | undefined {
  if (removed === undefined) return undefined;
  const record = records.find(({ removedNodes }) => isAmong(removed, removedNodes));
  const left = record?.target instanceof Element ? record.target.closest("li") : null;
  if (left?.isConnected === true) return controlIn(left, 0);
  const row = removed.closest<HTMLElement>("li[data-user]");
  if (row === null) return undefined;
  const place = Array.from(row.querySelectorAll(CONTROLS)).indexOf(removed);
  const same = controlIn(node.querySelector(`li[data-user="${CSS.escape(row.dataset["user"] ?? "")}"]`), 0);
  const next = controlIn(rowBeside(record), place);
  // Of a request that was answered, the next one is what a person goes on with.
  return row.querySelector("[data-row]") === null ? (next ?? same) : (same ?? next);
}

function isAmong(node: Node | undefined, nodes: NodeList): boolean {
  return node !== undefined && Array.from(nodes).some((one) => one.contains(node));
}

function rowBeside(record: MutationRecord | undefined): Element | null {
  let beside = record?.nextSibling ?? null;
  while (beside !== null && !(beside instanceof HTMLLIElement)) beside = beside.nextSibling;
  if (beside !== null) return beside;
  beside = record?.previousSibling ?? null;
  while (beside !== null && !(beside instanceof HTMLLIElement)) beside = beside.previousSibling;
  return beside;
}

function controlIn(row: Element | null, place: number): HTMLElement | undefined {
  const controls = row?.querySelectorAll<HTMLElement>(CONTROLS);
  return controls?.[place] ?? controls?.[0];
}

/** What was put where the removed one stood, or the control that is beside that place in the nearest section with one. */
function inPlaceOf(removed: HTMLElement | undefined, records: MutationRecord[]): HTMLElement | undefined {
  const record = records.find(({ removedNodes }) => isAmong(removed, removedNodes));
  if (record === undefined) return undefined;
  const same = records.filter(({ target }) => target === record.target);
  const added = same.flatMap(({ addedNodes }) => Array.from(addedNodes, firstIn));
  return added.find((control) => control !== undefined) ?? besideIn(record);
}

function firstIn(added: Node): HTMLElement | undefined {
  if (!(added instanceof HTMLElement) || !added.isConnected) return undefined;
  return added.matches(CONTROLS) ? added : controlIn(added, 0);
}

function besideIn({ target, previousSibling }: MutationRecord): HTMLElement | undefined {
  const before = previousSibling?.isConnected === true ? previousSibling : target;
  // The page itself is no section: across it nothing is beside anything.
  let section = target instanceof Element ? target.closest("section") : null;
  while (section !== null) {
    const controls = Array.from(section.querySelectorAll<HTMLElement>(CONTROLS));
    const isBehind = (control: HTMLElement) =>
      (before.compareDocumentPosition(control) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0 &&
      (before === target || !before.contains(control));
    const beside = controls.find(isBehind) ?? controls.at(-1);
    if (beside !== undefined) return beside;
    section = section.parentElement?.closest("section") ?? null;
  }
  return undefined;
}

function focus(control: HTMLElement | undefined): void {
  control?.focus({ preventScroll: control.dataset["start"] !== undefined });
}

/** What a press of Tab may reach, or an arrow key in a list. */
const CONTROLS = "input:not([type=radio]), button, select";

/**
 * Keeps the focus from falling out of the page when what had it is redrawn away: it goes to what took its place, and else to
 * the control marked `data-start`, which also has it at first. What is made `inert` gets it back afterwards. It is never
 * taken from anything. An attachment; gives its own undoing.
 */
export function keepFocus(node: HTMLElement): () => void {
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
    else if (last?.isConnected !== true) focus(heirOf(node, last, records) ?? startOf(node));
    // A list that is sorted anew takes its rows out and puts them in again.
    else if (records.some(({ removedNodes }) => isAmong(last, removedNodes))) last.focus({ preventScroll: true });
  }

  node.addEventListener("focusin", onfocusin, { signal });
  node.addEventListener("keydown", ignoreHeldEnter, { signal, capture: true });
  const observer = new MutationObserver(onmutations);
  observer.observe(node, { subtree: true, childList: true, attributeFilter: ["inert"] });
  if (!hasFocus()) focus(startOf(node));
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

function startOf(node: HTMLElement): HTMLElement | undefined {
  return node.querySelector<HTMLElement>("[data-start]") ?? undefined;
}

function focus(control: HTMLElement | undefined): void {
  control?.focus({ preventScroll: control.dataset["start"] !== undefined });
}

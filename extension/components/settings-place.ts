import { SETTINGS_PARTS, type SettingsPartId } from "./settings-parts.ts";

/** A part of the page, and where it begins, in px from the window's top edge. */
interface Part {
  id: SettingsPartId;
  top: number;
}

/** How far a move may be to be none: browsers round. */
const STILL_PX = 2;

/**
 * The part that one looks at; `scrolled` of at most `longest` px, in a window so high. The line that is looked at goes down
 * the window as the page goes by, from its top at the page's beginning to its foot at the page's end: so each part has its
 * turn, also a short last one.
 */
export function partAt(
  parts: readonly Part[],
  { scrolled, longest, height }: { scrolled: number; longest: number; height: number },
): SettingsPartId | undefined {
  const line = longest <= 0 ? 0 : height * Math.min(1, Math.max(0, scrolled / longest));
  return (parts.findLast(({ top }) => top <= line) ?? parts[0])?.id;
}

/**
 * Tells in which part of the page one is: where a link, the keyboard or a click led, until one scrolls away from there; else
 * by what is seen. An attachment for what holds the parts; it begins at the part that the address names.
 */
export function followPlace(onplace: (id: SettingsPartId) => void): (node: HTMLElement) => () => void {
  return (node) => {
    const attached = new AbortController();
    const { signal } = attached;
    /** Where one was led; `top` is unknown until the page has come to rest there. */
    let led: { part: Element; top: number | undefined } | undefined;

    function look(): void {
      if (led !== undefined) {
        const moved = led.top === undefined ? 0 : led.part.getBoundingClientRect().top - led.top;
        if (Math.abs(moved) <= STILL_PX) return;
        led = undefined;
      }
      tell(partAt(partsIn(node), pageNow()));
    }

    function lead(part: Element | undefined): void {
      if (part === undefined) return;
      const here: typeof led = { part, top: undefined };
      led = here;
      tell(idOf(part));
      // What the browser scrolls for it, it has scrolled by the end of the next frame.
      const rest = () => (here.top = part.getBoundingClientRect().top);
      requestAnimationFrame(() => requestAnimationFrame(rest));
    }

    function tell(id: SettingsPartId | undefined): void {
      if (id !== undefined) onplace(id);
    }

    const holding = (target: EventTarget | null) =>
      Array.from(node.children).find((part) => target instanceof Node && part.contains(target));
    const named = (hash: string) => Array.from(node.children).find(({ id }) => `#${id}` === hash);

    node.addEventListener("focusin", ({ target }) => lead(holding(target)), { signal });
    // A second click on the same link changes no address.
    window.addEventListener("click", ({ target }) => lead(named(linkedFrom(target))), { signal });
    window.addEventListener("hashchange", () => lead(named(location.hash)), { signal });
    for (const own of ["wheel", "touchmove"]) {
      window.addEventListener(own, () => (led = undefined), { signal, passive: true });
    }
    window.addEventListener("scroll", look, { signal, passive: true });
    const grown = new ResizeObserver(look);
    grown.observe(node);
    const first = named(location.hash);
    first?.scrollIntoView();
    lead(first);
    return () => {
      attached.abort();
      grown.disconnect();
    };
  };
}

/** Where a link that was clicked on leads in this page; else nothing. */
function linkedFrom(target: EventTarget | null): string {
  const link = target instanceof Element ? target.closest("a") : null;
  return link?.hash ?? "";
}

function partsIn(node: HTMLElement): Part[] {
  return Array.from(node.children).flatMap((part) => {
    const id = idOf(part);
    return id === undefined ? [] : [{ id, top: part.getBoundingClientRect().top }];
  });
}

function idOf({ id }: Element): SettingsPartId | undefined {
  return SETTINGS_PARTS.find((one) => one === id);
}

function pageNow() {
  const { scrollHeight, clientHeight: height } = document.documentElement;
  return { scrolled: scrollY, longest: scrollHeight - height, height };
}

import type { CDPSession, Page } from "playwright-core";
import type { Availability, UserId } from "#protocol";
import type { ContactView, SignedInView } from "../extension/core/view.ts";
import type { Belongings } from "../tests/support/belongings.ts";
import { PersonBrowser } from "../tests/support/chromium.ts";
import { SCENES } from "../tests/support/gallery/scenes.ts";

/** The part of the extension API by which a page is shown what the background would show. */
declare const chrome: { storage: { session: { set: (items: object) => Promise<void> } } };

const COUNT = 500;
const ROUNDS = 5;
const STARTED_AT = Date.now();
const STATES: readonly Availability[] = ["available", "away", "busy", "dnd", "offline", "offline"];
/** In the order in which they are typed; what is found of each is known. */
const SEARCHES = [
  ["p", 250],
  ["pe", 250],
  ["person 49", 5],
  ["ぺるそな", 250],
  ["", COUNT],
] as const;

/** What the popup's own thread works, in ms: until what is on the screen is right, and until the whole list is. */
interface Work {
  readonly seenMs: number;
  readonly wholeMs: number;
}

/** Measures the list of so many contacts in the built popup: first drawn, searched, changed. Prints the medians. */
export async function benchList(open: Belongings): Promise<void> {
  const browser = await PersonBrowser.launch();
  open.add(() => browser.close());
  const shown = new Map<string, Work[]>();
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [what, work] of await oneRound(browser)) shown.set(what, [...(shown.get(what) ?? []), work]);
  }
  console.log(
    `${String(COUNT)} contacts in the popup, medians of ms of its thread until the screen is right (all of the list):`,
  );
  for (const [what, works] of shown) {
    const seen = median(works.map(({ seenMs }) => seenMs));
    const whole = median(works.map(({ wholeMs }) => wholeMs));
    console.log(`  ${what}: ${seen.toFixed(0)} (${whole.toFixed(0)})`);
  }
  await browser.close();
}

async function oneRound(browser: PersonBrowser): Promise<[string, Work][]> {
  const popup = await browser.openPopup();
  const background = await browser.context.newPage();
  await background.goto(new URL("manifest.json", popup.url()).href);
  const show = (contacts: readonly ContactView[]) =>
    background.evaluate((view) => chrome.storage.session.set({ view }), JSON.stringify({ ...home(), contacts }));
  await show([]);
  await popup.bringToFront();
  await popup.locator("main header").waitFor();
  const thread = await popup.context().newCDPSession(popup);
  await thread.send("Performance.enable", { timeDomain: "threadTicks" });
  const measure = (rows: number, words: string, act: () => Promise<unknown>) =>
    workOf(popup, thread, { rows, words, act });

  const works: [string, Work][] = [["first drawn", await measure(COUNT, "Person 0", () => show(people()))]];
  const field = popup.locator(".search input");
  const strokes: Work[] = [];
  for (const [search, rows] of SEARCHES)
    strokes.push(await measure(rows, search === "ぺるそな" ? "ペルソナ" : "Person", () => field.fill(search)));
  works.push(["slowest step of a search", slowest(strokes)]);
  works.push(["one presence changes", await measure(COUNT, "Just changed", () => show(people({ changed: 0 })))]);
  works.push(["every presence changes", await measure(COUNT, "All changed", () => show(people({ turn: 1 })))]);
  await thread.detach();
  // A browser ends with its last page.
  await popup.close();
  await background.goto("about:blank");
  return works;
}

/** Acts, and waits until the words are on the screen, and until there are so many rows. */
async function workOf(
  popup: Page,
  thread: CDPSession,
  { rows, words, act }: { rows: number; words: string; act: () => Promise<unknown> },
): Promise<Work> {
  const before = await taskMs(thread);
  const isSeen = untilDrawn(popup, words, 1);
  await act();
  await isSeen;
  const seen = await taskMs(thread);
  await untilDrawn(popup, words, rows);
  return { seenMs: seen - before, wholeMs: (await taskMs(thread)) - before };
}

async function untilDrawn(popup: Page, words: string, rows: number): Promise<void> {
  await popup.evaluate(
    async ([wanted, count]) => {
      const all = document.getElementsByTagName("li");
      const isThere = () =>
        (count === 1 ? all.length > 0 : all.length === count) && document.body.textContent.includes(wanted);
      while (!isThere()) await new Promise(requestAnimationFrame);
      // A frame begins, and what it draws is there when the next task runs.
      await new Promise(requestAnimationFrame);
      await new Promise((resolve) => setTimeout(resolve));
    },
    [words, rows] as const,
  );
}

async function taskMs(thread: CDPSession): Promise<number> {
  const { metrics } = await thread.send("Performance.getMetrics");
  return (metrics.find(({ name }) => name === "TaskDuration")?.value ?? 0) * 1000;
}

function slowest(works: readonly Work[]): Work {
  return {
    seenMs: Math.max(...works.map(({ seenMs }) => seenMs)),
    wholeMs: Math.max(...works.map(({ wholeMs }) => wholeMs)),
  };
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? NaN;
}

/** Somebody who is signed in, as the background shows it. */
function home(): SignedInView {
  const scene = SCENES["home"];
  if (scene?.screen !== "popup" || scene.view?.at !== "signed-in") throw new Error("The gallery has no home.");
  return scene.view;
}

/** `turn` moves everyone on to another presence, `changed` one of them. */
function people({ turn = 0, changed }: { turn?: number; changed?: number } = {}): ContactView[] {
  return Array.from({ length: COUNT }, (_, index) => ({
    user: `person${String(index)}` as UserId,
    handle: `h.${String(index)}`,
    name: `${index % 2 === 0 ? "Person" : "ペルソナ"} ${String(index)}`,
    state: "accepted" as const,
    availability: STATES[(index + turn) % STATES.length] ?? "offline",
    since: STARTED_AT - index * 60_000,
    ...(index === changed ? { text: "Just changed" } : {}),
    ...(index === 0 && turn > 0 ? { text: "All changed" } : {}),
  }));
}

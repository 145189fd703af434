import type { BrowserContext, Page } from "playwright-core";
import { clickedAt, firstFrameAt, untilWatched } from "../page-watch.ts";
import type { BareServer } from "./bare-server.ts";

/** The page of the side that is called upon, and that of the side where the click is made. */
export type BarePages = readonly [caller: Page, callee: Page];

/** Opens the page that waits for a click, in both browsers. */
export async function openWaiting(
  [caller, callee]: readonly [BrowserContext, BrowserContext],
  bare: BareServer,
): Promise<BarePages> {
  const waiting = [await caller.newPage(), await callee.newPage()] as const;
  await Promise.all([waiting[0].goto(bare.waitingPage("caller")), waiting[1].goto(bare.waitingPage("callee"))]);
  return waiting;
}

/** Clicks; gives the pages that open at it, and when that was, in ms since 1970. */
export async function clickBare([caller, callee]: BarePages): Promise<{ pages: BarePages; at: number }> {
  await Promise.all([caller.bringToFront(), callee.bringToFront()]);
  const opened = Promise.all([caller.waitForEvent("popup"), callee.waitForEvent("popup")]);
  await callee.getByRole("button").click();
  const pages = await opened;
  // Each is an empty page at first.
  await Promise.all(pages.map((page) => untilWatched(page)));
  return { at: await clickedAt(callee), pages };
}

/** As {@link clickBare}, and waits until both see each other. */
export async function beginBareCall(waiting: BarePages): Promise<BarePages> {
  const { pages } = await clickBare(waiting);
  await Promise.all(pages.map((page) => firstFrameAt(page)));
  return pages;
}

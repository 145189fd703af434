import type { Page } from "playwright-core";

/** Does what closes the page, which may be gone before the browser has told that this was done; waits for its end. */
export async function untilGone(page: Page, act: () => Promise<void>): Promise<void> {
  const acted = act().catch((error: unknown) => {
    if (!page.isClosed()) throw error;
  });
  await Promise.all([page.waitForEvent("close"), acted]);
}

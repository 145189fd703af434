import type { Page } from "playwright-core";

type Status = "stopped" | "starting" | "running" | "stopping";

/** Ends the workers of a page's extension, as the browser does when it likes. */
export async function stopWorkers(page: Page): Promise<void> {
  await withStatuses(
    page,
    (statuses) => (statuses.includes("stopped") ? true : undefined),
    "ServiceWorker.stopAllWorkers",
  );
}

/** Whether a worker of a page's extension runs, as the browser knows it. */
export async function hasRunningWorker(page: Page): Promise<boolean> {
  return withStatuses(page, (statuses) =>
    statuses.length > 0 ? statuses.some((one) => one !== "stopped") : undefined,
  );
}

/** What is made of the first of the browser's words on the workers that says it. */
async function withStatuses<Value>(
  page: Page,
  read: (statuses: Status[]) => Value | undefined,
  ask?: "ServiceWorker.stopAllWorkers",
): Promise<Value> {
  const session = await page.context().newCDPSession(page);
  const told = new Promise<Value>((resolve) => {
    session.on("ServiceWorker.workerVersionUpdated", ({ versions }) => {
      const value = read(versions.map(({ runningStatus }) => runningStatus));
      if (value !== undefined) resolve(value);
    });
  });
  await session.send("ServiceWorker.enable");
  if (ask !== undefined) await session.send(ask);
  const value = await told;
  await session.detach();
  return value;
}

import { afterAll, expect, test } from "vitest";
import { Backend } from "../support/backend.ts";
import { Belongings } from "../support/belongings.ts";
import { PersonBrowser } from "../support/chromium.ts";
import { until } from "../support/until.ts";

/** The part of the extension API that a test asks for. */
declare const chrome: { tabs: { onUpdated: { hasListeners: () => boolean } } };

const open = new Belongings();

afterAll(() => open.close());

/** Loads some pages while the background's worker sleeps; answers whether that woke it. */
async function isWokenByPages(server: string, options: { seesLinks: boolean }): Promise<boolean> {
  const browser = await PersonBrowser.launch(options);
  open.add(() => browser.close());
  const worker = await browser.worker();
  const heeds = () => worker.evaluate(() => chrome.tabs.onUpdated.hasListeners());
  await until("listener that fits the permission", async () =>
    (await heeds()) === options.seesLinks ? true : undefined,
  );
  await browser.stopWorker();
  const page = await browser.context.newPage();
  for (let loads = 0; loads < 3; loads += 1) await page.goto(`${server}/healthz`);
  if (options.seesLinks) await until("awake worker", async () => ((await browser.isAwake()) ? true : undefined));
  const isAwake = await browser.isAwake();
  // It sleeps, and is not broken: its own pages wake it.
  await browser.openPopup();
  await until("awake worker", async () => ((await browser.isAwake()) ? true : undefined));
  return isAwake;
}

test("pages that load wake the background only where it may see invite links among them", async () => {
  const backend = await Backend.start();
  open.add(() => backend.close());
  expect(await isWokenByPages(backend.url, { seesLinks: true })).toBe(true);
  expect(await isWokenByPages(backend.url, { seesLinks: false })).toBe(false);
});

import { chromium, type Browser } from "playwright-core";
import { findChromium } from "../../../scripts/setup/browsers.ts";

/** A Chromium without the extension, to look at its screens in. */
export async function openBrowser(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error("There is no Chromium here: run npm test.");
  return chromium.launch({ executablePath });
}

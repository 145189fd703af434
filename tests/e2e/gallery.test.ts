import { expect, test } from "vitest";
import { draw } from "../support/gallery/draw.ts";
import { isOfCall, setGallery, tryScreens } from "../support/gallery/try-screens.ts";
import { overflowing } from "../support/judge-page.ts";

const gallery = setGallery();

tryScreens(gallery, (name) => !isOfCall(name));

test.each([320, 420])("the settings fit a page of %i px", async (width) => {
  for (const { page, locale } of gallery.pages) {
    await draw(page, gallery.url, locale, "settings");
    await page.setViewportSize({ width, height: 600 });
    expect(await overflowing(page)).toEqual([]);
  }
});

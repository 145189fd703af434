import { describe, expect, test } from "vitest";
import { visitGallery } from "../support/gallery/visit.ts";

const { page, open, asked } = visitGallery();

/** The link of the scenes' invitation. */
const LINK = "https://beckon.example.org/i/K7QM-2XPA-9D3H-4TVB";

describe("an invite link in place of a server's address", () => {
  test("names the server, and is kept for after the sign-in", async () => {
    await open("sign-server");
    await page().getByRole("textbox", { name: "Server" }).fill(LINK);
    await page().keyboard.press("Enter");
    await page().getByText("Beckon server at beckon.example.org", { exact: true }).waitFor();
    expect(await asked()).toEqual(["openInvite"]);
  });
});

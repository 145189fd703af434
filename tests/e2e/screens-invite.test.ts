import { describe, expect, test } from "vitest";
import { visitGallery } from "../support/gallery/visit.ts";
import { comeToFront, standBehind } from "../support/stand-behind.ts";

const { page, open, become, asked, focused, button } = visitGallery();

/** The link of the scenes' invitation. */
const LINK = "https://beckon.example.org/i/K7QM-2XPA-9D3H-4TVB";

/** Goes to a step of the first run. */
function step(name: string): Promise<void> {
  return page().getByRole("navigation", { name: "Steps" }).getByRole("button", { name }).click();
}

describe("an invite link in place of a server's address", () => {
  test("names the server, and is kept for after the sign-in", async () => {
    await open("sign-server");
    await page().getByRole("textbox", { name: "Server" }).fill(LINK);
    await page().keyboard.press("Enter");
    await page().getByText("Beckon server at beckon.example.org", { exact: true }).waitFor();
    expect(await asked()).toEqual(["openInvite"]);
  });

  test("is seen to wait where the account is made", async () => {
    await open("welcome-account-sent");
    await page().getByText("The invitation waits here.").waitFor();
  });
});

describe("a link that one made", () => {
  test("gives way to whoever has accepted it", async () => {
    await open("welcome-friend");
    await step("First friend");
    await button("Make a link").click();
    await page().getByRole("img", { name: "QR code of the link" }).waitFor();
    await become("welcome-friend-taken");
    await page().getByRole("status").filter({ hasText: "is among your contacts now." }).waitFor();
    expect(await page().getByRole("textbox", { name: "Link", exact: true }).count()).toBe(0);
    expect(await focused()).toBe("Make a link");
  });

  test("stays where somebody became a contact in another way", async () => {
    await open("welcome-friend");
    await step("First friend");
    await button("Make a link").click();
    await page().getByRole("img", { name: "QR code of the link" }).waitFor();
    await become("welcome-friend-else");
    await page().getByText("(done)").nth(2).waitFor();
    await page().getByRole("textbox", { name: "Link", exact: true }).waitFor();
  });
});

describe("the note of a link", () => {
  test("is written by whoever wants one, and Enter makes the link", async () => {
    await open("home-empty");
    await button("Add a contact").first().click();
    await page().getByRole("textbox", { name: "For whom? (optional)" }).fill("Mum");
    await page().keyboard.press("Enter");
    await page().getByRole("img", { name: "QR code of the link" }).waitFor();
    expect(await asked()).toEqual(["createInviteLink"]);
  });

  test("tells it apart in the list, also aloud", async () => {
    await open("home-links");
    await button("Add a contact").first().click();
    await button("Withdraw: Mum, for her new laptop · Made yesterday 3:30, until Oct 19, 3:30").waitFor();
  });
});

describe("links that wait", () => {
  const rows = () => page().getByRole("list", { name: "Links that wait" }).getByRole("listitem");
  const said = (words: string) => page().getByRole("status").filter({ hasText: words }).waitFor();

  async function openLinks(scene: string): Promise<void> {
    await open(scene);
    await button("Add a contact").first().click();
    await rows().first().waitFor();
  }

  test("are withdrawn by the keyboard, and the same key once more withdraws nothing else", async () => {
    await openLinks("home-links");
    expect(await rows().count()).toBe(3);
    await rows().nth(1).getByRole("button").focus();
    await page().keyboard.press("Enter");
    await said("Withdrawn.");
    expect(await rows().count()).toBe(2);
    expect(await focused()).toBe("Links that wait");
    await page().keyboard.press("Enter");
    await page().keyboard.press("Tab");
    expect(await focused()).toMatch(/^Withdraw: Made 10:36, until Oct 20/);
    expect(await asked()).toEqual(["withdrawInviteLink"]);
  });

  test("leave the focus where no key makes another one, once the last is withdrawn", async () => {
    await openLinks("home-links");
    for (const left of [2, 1, 0]) {
      await rows().first().getByRole("button").press("Enter");
      await expect.poll(() => rows().count()).toBe(left);
      expect(await focused()).toBe("Links that wait");
    }
    await page().getByRole("heading", { name: "Links that wait" }).waitFor({ state: "detached" });
    await page().keyboard.press("Enter");
    await page().keyboard.press("Shift+Tab");
    expect(await focused()).toBe("Make a link");
    expect(await asked()).toEqual(["withdrawInviteLink", "withdrawInviteLink", "withdrawInviteLink"]);
  });

  test("go one at a time, by a double click too", async () => {
    await openLinks("home-links");
    await rows().first().getByRole("button").dblclick();
    await said("Withdrawn.");
    expect(await rows().count()).toBe(2);
    expect(await asked()).toEqual(["withdrawInviteLink"]);
  });

  test("are said to have been used before where that is so", async () => {
    await openLinks("home-links-late");
    await rows().first().getByRole("button").click();
    await said("That one waits no more: it was used or withdrawn, or its week is over.");
    await expect.poll(() => rows().count()).toBe(2);
  });

  test("stay where the server does not answer, which is said", async () => {
    await openLinks("home-links-failed");
    await rows().first().getByRole("button").click();
    await said("The server");
    expect(await rows().count()).toBe(3);
  });

  test("are read once the line is back", async () => {
    await open("home-links-offline");
    await button("Add a contact").first().click();
    await page().getByText("Your links that wait could not be read.").waitFor();
    await become("home-links");
    await rows().nth(2).waitFor();
    expect(await page().getByText("Your links that wait could not be read.").count()).toBe(0);
  });
});

describe("an invitation that was pasted", () => {
  test("is neither accepted nor declined by the key that pasted it", async () => {
    await open("home-empty");
    await button("Add a contact").first().click();
    await page().getByRole("textbox", { name: "Their handle, or an invite link" }).fill(LINK);
    await page().keyboard.press("Enter");
    await button("Accept").waitFor();
    await page().keyboard.press("Enter");
    expect(await focused()).toMatch(/^Not now\s+Accept$/);
    expect(await asked()).toEqual([]);
    await page().keyboard.press("Tab");
    expect(await focused()).toBe("Not now");
  });

  test("says what came of it, though it waits no more", async () => {
    await open("welcome-friend-invited");
    await step("First friend");
    await button("Accept").click();
    await become("welcome-friend");
    await page().getByText("Hana Kimura is among your contacts now.").waitFor();
    await button("Done").click();
    await page().getByText("Hana Kimura is among your contacts now.").waitFor({ state: "detached" });
  });
});

describe("an invitation to which there is no answer", () => {
  test.each(["invite-not-valid", "invite-own", "invite-already"])(
    "is settled once its page is seen: %s",
    async (scene) => {
      await page().addInitScript(standBehind);
      await open(scene);
      await button(scene === "invite-already" ? "Done" : "Close").waitFor();
      expect(await asked()).toEqual([]);
      await page().evaluate(comeToFront);
      await expect.poll(asked).toEqual(["closeInvite"]);
    },
  );
});

describe("the first run", () => {
  test("begins in the field of the server, and offers none where it knows none", async () => {
    await open("welcome-server-unknown");
    await page().getByText("or paste the invite link").waitFor();
    expect(await focused()).toBe("server");
  });

  test("says that an account is missing, and what is left, and nothing where nothing is", async () => {
    await open("welcome-done-signed-out");
    await step("Ready");
    await page().getByRole("heading", { name: "Almost there" }).waitFor();
    await open("welcome-done-all");
    await step("Camera and microphone");
    await step("Ready");
    await page().getByRole("heading", { name: "You are there" }).waitFor();
    expect(await page().getByText("What you can still do").count()).toBe(0);
  });
});

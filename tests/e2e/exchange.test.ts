import { createHash, randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { FILE_BLOCK_BYTES } from "#protocol";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { say } from "../support/people.ts";
import { setStage } from "../support/stage.ts";
import { talk } from "../support/talk.ts";

const stage = setStage();

describe("words in a call", () => {
  test("reach the other side, which sees that there are some, and are marked as delivered", async () => {
    const { alice, bob } = stage;
    const { aliceCall, bobCall } = await talk(alice, bob);
    await aliceCall.keyboard.press("c");
    await write(aliceCall, bob.name, "Shall we take the train?");
    await aliceCall.getByText(say("exchange.delivered")).waitFor();

    const button = bobCall.getByRole("button", { name: say("call.messages-unread", { count: 1 }) });
    // Whoever opens it, however, writes there: the letters are no commands.
    await button.click();
    await bobCall.keyboard.type("move");
    expect(await bobCall.getByLabel(say("exchange.write", { name: alice.name })).inputValue()).toBe("move");
    await bobCall.getByText("Shall we take the train?").waitFor();
    await write(bobCall, alice.name, "<b>Yes</b>, at eight");
    await aliceCall.getByText("<b>Yes</b>, at eight").waitFor();
    // Letters that are typed are no commands.
    await bobCall.getByLabel(say("exchange.write", { name: alice.name })).pressSequentially("come visit me");
    expect(
      await bobCall.getByRole("button", { name: say("call.microphone"), exact: true }).getAttribute("aria-pressed"),
    ).toBe("true");
  });

  test("hold addresses of the web that open in a tab of their own, which knows nothing of the call", async () => {
    const { alice, bob, backend } = stage;
    const { aliceCall, bobCall } = await talk(alice, bob);
    await bobCall.keyboard.press("c");
    const address = new URL("healthz", backend.url.replace("127.0.0.1", "localhost")).href;
    await write(bobCall, alice.name, `It is at\n${address}.`);
    await aliceCall.keyboard.press("c");
    const entry = aliceCall.getByRole("listitem").filter({ hasText: "It is at" });
    expect(await entry.locator("p").first().innerText()).toBe(`It is at\n${address}.`);
    const opens = aliceCall.context().waitForEvent("page");
    await entry.getByRole("link", { name: address, exact: true }).click();
    const opened = await opens;
    await opened.waitForURL(address);
    expect(await opened.evaluate(() => [opener as unknown, document.referrer])).toEqual([null, ""]);
    await opened.close();
    await bob.hangUp(bobCall);
    await alice.sees(aliceCall, say("ended.caller.hangup"));
  });

  test("stay over a reload of the tab, and what was written meanwhile comes after", async () => {
    const { alice, bob } = stage;
    const { aliceCall, bobCall } = await talk(alice, bob);
    for (const page of [aliceCall, bobCall]) await page.keyboard.press("c");
    await write(aliceCall, bob.name, "before");
    await bobCall.getByText("before").waitFor();
    await aliceCall.reload({ waitUntil: "commit" });
    // By the channel of the page that has gone, or by none.
    await write(bobCall, alice.name, "meanwhile");
    await aliceCall.getByRole("button", { name: say("call.messages") }).click();
    await aliceCall.getByText("meanwhile").waitFor();
    await aliceCall.getByText("before").waitFor();
    await bobCall.getByText(say("exchange.waiting")).waitFor({ state: "detached" });
  });
});

describe("a file in a call", () => {
  test("is offered, accepted, and comes whole into the downloads under its name", async () => {
    const { alice, bob } = stage;
    const { aliceCall, bobCall } = await talk(alice, bob);
    for (const page of [aliceCall, bobCall]) await page.keyboard.press("c");
    // Two blocks and a piece of one.
    const bytes = randomBytes(2 * FILE_BLOCK_BYTES + 12_345);
    const file = { name: "the coast.bin", mimeType: "application/octet-stream", buffer: bytes };
    await aliceCall.locator("input[type=file]").setInputFiles(file);
    const download = bobCall.waitForEvent("download");
    await bobCall.getByRole("button", { name: say("exchange.accept-label", { file: "the coast.bin" }) }).click();
    const saved = await download;
    expect(saved.suggestedFilename()).toBe("the coast.bin");
    expect(digestOf(await readFile(await saved.path()))).toBe(digestOf(bytes));
    await aliceCall.getByText(/sent whole/).waitFor();
  });

  test("is not sent before the other side wants it, and neither after they do not", async () => {
    const { alice, bob } = stage;
    const { aliceCall, bobCall } = await talk(alice, bob);
    for (const page of [aliceCall, bobCall]) await page.keyboard.press("c");
    await bobCall.locator("input[type=file]").setInputFiles({
      name: "notes.txt",
      mimeType: "text/plain",
      buffer: Buffer.from("notes"),
    });
    await aliceCall.getByRole("button", { name: say("exchange.decline-label", { file: "notes.txt" }) }).click();
    await bobCall.getByText(say("exchange.mine-declined", { name: alice.name })).waitFor();
    await aliceCall.getByText(say("exchange.theirs-declined")).waitFor();
  });
});

async function write(page: Page, name: string, text: string): Promise<void> {
  await page.getByLabel(say("exchange.write", { name })).fill(text);
  await page.keyboard.press("Enter");
}

function digestOf(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}

import { encodeFilePart } from "#protocol";
import type { Page } from "playwright-core";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { untilMediaAdvances } from "../support/page-watch.ts";
import { say } from "../support/people.ts";
import { setStage } from "../support/stage.ts";
import { talk } from "../support/talk.ts";
import { until } from "../support/until.ts";

const MB = 1024 * 1024;

const stage = setStage();
/** From now on Bob's page does not listen to the channels of a call: the test speaks on them in its place. */
beforeAll(async () => {
  await stage.bob.browser.runFirst(takeChannels);
});

describe("a hostile page on the other side", () => {
  test("writes nonsense, floods and forgeries: the tab lives, keeps little, and says honest words", async () => {
    const { alice, bob } = stage;
    const { aliceCall, bobCall } = await talk(alice, bob);
    await aliceCall.keyboard.press("c");
    const before = await heapBytes(aliceCall);

    // What she wrote stays hers, whatever is claimed of it.
    const field = aliceCall.getByLabel(say("exchange.write", { name: bob.name }));
    await field.fill("This is mine");
    await field.press("Enter");
    await heard(bobCall, "hello");
    await speak(bobCall, [{ type: "hello" }]);
    const { id } = await heard(bobCall, "chat");
    await speak(bobCall, [
      { type: "chat", id, text: "This is his" },
      { type: "got", id: crypto.randomUUID() },
    ]);
    await speak(bobCall, [{ type: "chat", id: crypto.randomUUID(), text: "first" }]);
    await aliceCall.getByText("first").waitFor();
    expect(await aliceCall.getByText("This is his").count()).toBe(0);
    expect(await aliceCall.getByText("This is mine").count()).toBe(1);

    // Thousands of offers: some wait for her answer, and no more.
    await speak(
      bobCall,
      Array.from({ length: 300 }, (_, at) => ({
        type: "offer",
        file: crypto.randomUUID(),
        name: `file ${String(at)}.txt`,
        size: at,
      })),
    );
    const offers = aliceCall.getByRole("button", { name: /^Accept / });
    await until("offers", async () => ((await offers.count()) === 20 ? true : undefined));

    // Words as fast as they go.
    const since = Date.now();
    await flood(bobCall, 3_000);
    await aliceCall.getByText(say("exchange.closed")).waitFor({ timeout: 60_000 });
    console.log(`listened to it for ${Date.now() - since} ms`);
    await untilMediaAdvances(aliceCall);
    const grown = (await heapBytes(aliceCall)) - before;
    console.log(`the tab holds ${(grown / MB).toFixed(1)} MB more than before`);
    expect(grown).toBeLessThan(64 * MB);
    expect(await aliceCall.getByRole("listitem").count()).toBeLessThan(600);
  });

  test("hands over files that are not what it says: none is saved, and each says why", async () => {
    const { alice, bob } = stage;
    const { aliceCall, bobCall } = await talk(alice, bob);
    await aliceCall.keyboard.press("c");
    await heard(bobCall, "hello");
    await speak(bobCall, [{ type: "hello" }]);
    const saved: string[] = [];
    aliceCall.on("download", (download) => saved.push(download.suggestedFilename()));

    const offer = async (name: string, size: number): Promise<string> => {
      const file = crypto.randomUUID();
      await speak(bobCall, [{ type: "offer", file, name, size }]);
      await aliceCall.getByRole("button", { name: say("exchange.accept-label", { file: name }) }).click();
      return file;
    };
    const says = (name: string, words: string) =>
      aliceCall.getByRole("listitem").filter({ hasText: name }).getByText(words).waitFor();

    // More than was offered; another digest; a place in the file that is none; parts of what nobody offered.
    const larger = await offer("larger.txt", 10);
    await heard(bobCall, "accept", larger);
    await sendPart(bobCall, larger, { from: 0, bytes: 50_000 });
    await says("larger.txt", say("exchange.failed-differs"));
    const other = await offer("other.txt", 10);
    await heard(bobCall, "accept", other);
    await sendPart(bobCall, other, { from: 0, bytes: 10 });
    await speak(bobCall, [{ type: "sent", file: other, digest: "ab".repeat(32) }]);
    await says("other.txt", say("exchange.failed-differs"));
    const apart = await offer("apart.txt", 3 * MB);
    await heard(bobCall, "accept", apart);
    await sendPart(bobCall, apart, { from: 2 * MB, bytes: 100 });
    await says("apart.txt", say("exchange.failed-differs"));
    for (let at = 0; at < 300; at++) await sendPart(bobCall, crypto.randomUUID(), { from: 0, bytes: 60_000 });
    // As large as a number can say.
    await offer("endless.bin", Number.MAX_SAFE_INTEGER);
    await aliceCall
      .getByRole("listitem")
      .filter({ hasText: "endless.bin" })
      .getByText(/not enough room/)
      .waitFor();

    // A name that leads elsewhere, or reads otherwise than it is, is no name.
    const bad = ["../../etc/passwd", "a\\b.exe", "photo\u202egpj.exe", "bell\u0007.txt", ".."];
    await speak(
      bobCall,
      bad.map((name) => ({ type: "offer", file: crypto.randomUUID(), name, size: 1 })),
    );
    await speak(bobCall, [{ type: "chat", id: crypto.randomUUID(), text: "are you there?" }]);
    await aliceCall.getByText("are you there?").waitFor();
    expect(await aliceCall.getByRole("button", { name: /^Accept / }).count()).toBe(0);
    expect(saved).toEqual([]);
    await untilMediaAdvances(aliceCall);
  });

  test("speaks in frames that are none: it is soon listened to no more, and the talk goes on", async () => {
    const { alice, bob } = stage;
    const { aliceCall, bobCall } = await talk(alice, bob);
    await aliceCall.keyboard.press("c");
    await heard(bobCall, "hello");
    await speak(bobCall, [{ type: "hello" }]);
    const closed = aliceCall.getByText(say("exchange.closed"));
    await closed.waitFor({ state: "detached" });
    await bobCall.evaluate((bidi) => {
      const { words, files } = (globalThis as unknown as Taken).taken;
      const nonsense = [
        "{",
        "[]",
        "null",
        "7",
        '"text"',
        `{"type":"${"a".repeat(200_000)}"}`,
        `{"type":"chat","text":"${bidi}"}`,
      ];
      for (const frame of nonsense) words!.send(frame);
      words!.send(new Uint8Array(200_000));
      files!.send("words");
      files!.send(new Uint8Array(3));
      files!.send(new Uint8Array(200_000));
    }, "\u202e");
    // So much may be a newer version's; it still listens.
    await speak(bobCall, [{ type: "chat", id: crypto.randomUUID(), text: "still here?" }]);
    await aliceCall.getByText("still here?").waitFor();
    await speak(
      bobCall,
      Array.from({ length: 200 }, () => ({ type: "run", what: "anything" })),
    );
    await closed.waitFor();
    await Promise.all([untilMediaAdvances(aliceCall), untilMediaAdvances(bobCall)]);
  });
});

interface Taken {
  taken: { words?: RTCDataChannel; files?: RTCDataChannel; heard: string[] };
}

/** Says each in a frame of its own, on the channel for words. */
function speak(page: Page, words: readonly object[]): Promise<void> {
  return page.evaluate((said) => {
    const { words: channel } = (globalThis as unknown as Taken).taken;
    for (const one of said) channel!.send(JSON.stringify(one));
  }, words);
}

/** Waits for a word of this type, of this file where one is named. */
function heard(page: Page, type: string, file?: string): Promise<{ id: string }> {
  return until(`word "${type}"`, async () => {
    const all = await page.evaluate(() => (globalThis as unknown as Taken).taken.heard);
    const read = all.map((frame) => JSON.parse(frame) as { type: string; id: string; file?: string });
    return read.find((one) => one.type === type && (file === undefined || one.file === file));
  });
}

/** Texts of the greatest length, as fast as the browser takes them. */
function flood(page: Page, count: number): Promise<void> {
  return page.evaluate(async (texts) => {
    const { words } = (globalThis as unknown as Taken).taken;
    if (words === undefined) throw new Error("There is no channel for words.");
    const isOpen = () => words.readyState === "open";
    words.bufferedAmountLowThreshold = 1_000_000;
    const text = "flood ".repeat(600);
    for (let at = 0; at < texts && isOpen(); at++) {
      if (words.bufferedAmount > words.bufferedAmountLowThreshold)
        await new Promise((resolve) => {
          for (const event of ["bufferedamountlow", "close"]) words.addEventListener(event, resolve, { once: true });
        });
      if (isOpen()) words.send(JSON.stringify({ type: "chat", id: crypto.randomUUID(), text }));
    }
  }, count);
}

/** A part of a file, which may be none. */
function sendPart(page: Page, file: string, { from, bytes }: { from: number; bytes: number }): Promise<void> {
  const head = encodeFilePart({ file, from, bytes: new Uint8Array(0) });
  return page.evaluate(
    ([first, length]) => {
      const { files } = (globalThis as unknown as Taken).taken;
      const frame = new Uint8Array(first.length + length);
      frame.set(first);
      files!.send(frame);
    },
    [[...head], bytes] as const,
  );
}

/** What the page holds of objects after a collection, in bytes. */
async function heapBytes(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  onTestFinished(() => session.detach().catch(() => undefined));
  await session.send("HeapProfiler.collectGarbage");
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  return usedSize;
}

/** Runs in the hostile page before its own code. Must stand alone. */
function takeChannels(): void {
  const taken: { words?: RTCDataChannel; files?: RTCDataChannel; heard: string[] } = { heard: [] };
  Object.assign(globalThis, { taken });
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called on the connection at hand
  const create = RTCPeerConnection.prototype.createDataChannel;
  RTCPeerConnection.prototype.createDataChannel = function (label, options) {
    const channel = create.call(this, label, options);
    if (label !== "words" && label !== "files") return channel;
    taken[label] = channel;
    channel.addEventListener("message", ({ data }) => {
      if (typeof data === "string") taken.heard.push(data);
    });
    const listen = channel.addEventListener.bind(channel);
    channel.addEventListener = (type: string, ...rest: [EventListenerOrEventListenerObject]) => {
      if (type !== "message") listen(type, ...rest);
    };
    return channel;
  };
}

import {
  decodeFilePart,
  decodePeerMessage,
  encodeFilePart,
  FILE_HEAD_BYTES,
  FILE_PART_BYTES,
  MAX_CHAT_TEXT,
  type PeerMessage,
} from "#protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const id = "0b0e7b1e-5f4c-4c56-9d5f-2f4e3f0a0001";
const digest = "ab".repeat(32);

const good: PeerMessage[] = [
  { type: "hello" },
  { type: "chat", id, text: "Hello,\n\tAlice 👋" },
  { type: "got", id },
  { type: "offer", file: id, name: "the coast from above.jpg", size: 0 },
  { type: "accept", file: id, from: 1024 * 1024 },
  { type: "decline", file: id },
  { type: "cancel", file: id },
  { type: "kept", file: id, bytes: 7 },
  { type: "sent", file: id, digest },
  { type: "whole", file: id },
  { type: "failed", file: id, why: "full" },
  { type: "line", weak: true, paused: false },
  { type: "screen", on: true },
];

const bad: [name: string, frame: unknown][] = [
  ["no text", 7],
  ["bytes", new ArrayBuffer(3)],
  ["no JSON", "{"],
  ["no object", "null"],
  ["an unknown type", JSON.stringify({ type: "run", id })],
  ["a text without words", JSON.stringify({ type: "chat", id, text: " \n" })],
  ["a text that is too long", JSON.stringify({ type: "chat", id, text: "a".repeat(MAX_CHAT_TEXT + 1) })],
  ["a text with a mark that turns it around", JSON.stringify({ type: "chat", id, text: "a\u202eb" })],
  ["a text with a control character", JSON.stringify({ type: "chat", id, text: "a\u0007b" })],
  ["an id that is none", JSON.stringify({ type: "got", id: "../.." })],
  ["a name that is a path", JSON.stringify({ type: "offer", file: id, name: "../etc/passwd", size: 1 })],
  ["a name that is a path elsewhere", JSON.stringify({ type: "offer", file: id, name: "a\\b", size: 1 })],
  ["a name of dots", JSON.stringify({ type: "offer", file: id, name: "..", size: 1 })],
  ["a name that turns around", JSON.stringify({ type: "offer", file: id, name: "exe\u202egnp.scr", size: 1 })],
  ["a size below nothing", JSON.stringify({ type: "offer", file: id, name: "a", size: -1 })],
  ["a size that is no whole number", JSON.stringify({ type: "offer", file: id, name: "a", size: 1.5 })],
  ["a size that no number holds", JSON.stringify({ type: "offer", file: id, name: "a", size: 2 ** 60 })],
  ["a word on the screen that says nothing", JSON.stringify({ type: "screen" })],
  ["a word on the line that is half", JSON.stringify({ type: "line", weak: true })],
  ["a digest that is none", JSON.stringify({ type: "sent", file: id, digest: "zz" })],
  ["a frame that is too large", JSON.stringify({ type: "hello", more: "a".repeat(40_000) })],
];

describe("a frame of words from the other side", () => {
  it.each(good.map((message) => [message.type, message] as const))("is read: %s", (_, message) => {
    expect(decodePeerMessage(JSON.stringify(message))).toEqual(message);
  });

  it.each(bad)("is nothing to us: %s", (_, frame) => {
    expect(decodePeerMessage(frame)).toBeUndefined();
  });
});

describe("a frame of a file", () => {
  it("is read as it was written, at any place in a file of any size", () => {
    fc.assert(
      fc.property(
        fc.uuid(),
        fc.maxSafeNat(),
        fc.uint8Array({ minLength: 1, maxLength: FILE_PART_BYTES, size: "max" }),
        (file, from, bytes) => {
          const part = { file, from, bytes: new Uint8Array(bytes) };
          expect(decodeFilePart(encodeFilePart(part).buffer)).toEqual(part);
        },
      ),
      { numRuns: 50 },
    );
  });

  it.each([
    ["text", "bytes"],
    ["only a head", new ArrayBuffer(FILE_HEAD_BYTES)],
    ["less than a head", new ArrayBuffer(3)],
    ["more than a part", new ArrayBuffer(FILE_HEAD_BYTES + FILE_PART_BYTES + 1)],
    ["a place that no number holds", new Uint8Array(FILE_HEAD_BYTES + 1).fill(255).buffer],
  ])("is nothing to us: %s", (_, frame) => {
    expect(decodeFilePart(frame)).toBeUndefined();
  });
});

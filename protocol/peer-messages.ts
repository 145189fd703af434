import * as v from "valibot";
import { MAX_CHAT_TEXT, MAX_FILE_NAME } from "./limits.ts";
import { codePoints, shownText } from "./vocabulary.ts";

/**
 * The data channels of a call, on the connection that carries its picture and sound. Both sides open them under these
 * numbers (`negotiated`, RFC 8832), so that none of them needs a word of the server. Words do not wait behind files.
 */
export const WORDS_CHANNEL = 100;
export const FILES_CHANNEL = 101;

/** Files are read, hashed, acknowledged and taken up again by blocks of this many bytes. */
export const FILE_BLOCK_BYTES = 1024 * 1024;
/** What of a file goes in one frame, after the frame's head. */
export const FILE_PART_BYTES = 60 * 1024;
/** The head of a frame: the file's id in 16 bytes, and where the part begins, in 8 bytes, the greatest first. */
export const FILE_HEAD_BYTES = 24;
/** A frame of words, in bytes of UTF-8. */
export const MAX_WORDS_BYTES = 32 * 1024;

const Id = v.pipe(v.string(), v.uuid(), v.toLowerCase());
const Bytes = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** What one person writes to the other: of bounded length, in lines, with nothing that reorders or hides text. */
export const ChatText = v.pipe(
  v.string(),
  v.check((text) => text.trim() !== "" && codePoints(text) <= MAX_CHAT_TEXT),
  v.check((text) => !/[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]|(?![\n\t])\p{Cc}/u.test(text)),
);

/** A name that is no path and names no folder. */
export const FileName = v.pipe(
  shownText(MAX_FILE_NAME),
  v.check((name) => name.trim() !== "" && !/[/\\]/u.test(name) && !/^\.+$/u.test(name)),
);

/** The SHA-256 of the SHA-256 digests of a file's blocks, one after the other; in hex. */
const Digest = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/u));

/**
 * What the two call pages say to each other on the channel for words. The other side may be newer, older or hostile: the
 * receiver validates each and ignores what it does not know.
 */
export const PeerMessage = v.variant("type", [
  /** The first on a channel, from both sides: before it the other side may be one that knows nothing of all this. */
  v.object({ type: v.literal("hello") }),
  /** The same text again, by its id, is the same text. */
  v.object({ type: v.literal("chat"), id: Id, text: ChatText }),
  /** The text stands before the other person, or would if they looked. */
  v.object({ type: v.literal("got"), id: Id }),
  /** Offers a file, or, after a gap, asks how far it is. */
  v.object({ type: v.literal("offer"), file: Id, name: FileName, size: Bytes }),
  /** Wants the file from this byte on; the first of a block, or the file's end. */
  v.object({ type: v.literal("accept"), file: Id, from: Bytes }),
  v.object({ type: v.literal("decline"), file: Id }),
  /** From either side. */
  v.object({ type: v.literal("cancel"), file: Id }),
  /** So much is on the receiver's disk. The sender runs ahead of it by a few blocks only. */
  v.object({ type: v.literal("kept"), file: Id, bytes: Bytes }),
  /** Everything was sent. */
  v.object({ type: v.literal("sent"), file: Id, digest: Digest }),
  /** It has come whole. */
  v.object({ type: v.literal("whole"), file: Id }),
  /** What came is not what was sent, or the receiver cannot keep it. */
  v.object({ type: v.literal("failed"), file: Id, why: v.picklist(["differs", "full"]) }),
  /**
   * How what the sender sends gets through, as far as it can tell: `weak` where it does so badly, `paused` where it
   * therefore sends no picture for now. Said when the channel opens and at each change.
   */
  v.object({ type: v.literal("line"), weak: v.boolean(), paused: v.boolean() }),
  /**
   * What the sender sends as its picture is its screen, and is to be shown whole; or the camera's again. Said at each change,
   * and when a channel opens while the screen is shown. `media-state` says of a shown screen that the camera is on.
   */
  v.object({ type: v.literal("screen"), on: v.boolean() }),
]);
export type PeerMessage = v.InferOutput<typeof PeerMessage>;

/** The message in a frame of words, or undefined where it is none of a known shape. */
export function decodePeerMessage(frame: unknown): PeerMessage | undefined {
  if (typeof frame !== "string" || frame.length > MAX_WORDS_BYTES) return undefined;
  try {
    const read = v.safeParse(PeerMessage, JSON.parse(frame));
    return read.success ? read.output : undefined;
  } catch {
    return undefined;
  }
}

export interface FilePart {
  file: string;
  /** Where in the file the part begins. */
  from: number;
  bytes: Uint8Array<ArrayBuffer>;
}

/** A frame of the channel for files. */
export function encodeFilePart({ file, from, bytes }: FilePart): Uint8Array<ArrayBuffer> {
  const frame = new Uint8Array(FILE_HEAD_BYTES + bytes.length);
  const hex = file.replaceAll("-", "");
  for (let at = 0; at < 16; at++) frame[at] = Number.parseInt(hex.slice(2 * at, 2 * at + 2), 16);
  new DataView(frame.buffer).setBigUint64(16, BigInt(from));
  frame.set(bytes, FILE_HEAD_BYTES);
  return frame;
}

/** The part in a frame, or undefined where it is none. */
export function decodeFilePart(frame: unknown): FilePart | undefined {
  if (!(frame instanceof ArrayBuffer)) return undefined;
  const length = frame.byteLength - FILE_HEAD_BYTES;
  if (length < 1 || length > FILE_PART_BYTES) return undefined;
  const from = new DataView(frame).getBigUint64(16);
  if (from > BigInt(Number.MAX_SAFE_INTEGER)) return undefined;
  const hex = Array.from(new Uint8Array(frame, 0, 16), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const file = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/u, "$1-$2-$3-$4-$5");
  return { file, from: Number(from), bytes: new Uint8Array(frame, FILE_HEAD_BYTES) };
}

import type { PeerMessage } from "#protocol";

/** What the two people of a call write and hand to each other. Plain data; the page shows it. */
export interface ExchangeState {
  /** Whether what is said now reaches the other side. */
  open: boolean;
  /** Whether the person looks at it. */
  shown: boolean;
  /** What came since they last looked. */
  unread: number;
  /** The oldest first. */
  entries: readonly Entry[];
}

export type Entry = TextEntry | FileEntry;

interface EntryBase {
  /** A UUID, made by who sends it. */
  id: string;
  mine: boolean;
  /** When it was written or came, in ms since 1970 by this machine. */
  at: number;
}

export interface TextEntry extends EntryBase {
  kind: "text";
  text: string;
  /** Whether the other side has it; what came from there always is. */
  delivered: boolean;
}

export interface FileEntry extends EntryBase {
  kind: "file";
  name: string;
  /** In bytes. */
  size: number;
  /** How much of it the receiver has on disk. */
  kept: number;
  state: FileState;
}

export type FileState =
  /** Waits for the receiver's word. */
  | { at: "offered" }
  /** The receiver makes room for it. */
  | { at: "opening" }
  /** `digest`: what the sender says of the whole, where its last blocks are not on disk yet. */
  | { at: "moving"; digest?: string }
  /** The line is down; it goes on when that is back. */
  | { at: "paused" }
  /** All of it was sent; whether it came whole is being found out. */
  | { at: "checking" }
  | { at: "done" }
  | { at: "declined" }
  | { at: "cancelled"; by: "us" | "them" }
  | { at: "failed"; why: FileFailure };

/**
 * `differs`: what came is not what was sent. `full`: the receiver has no room. `unreadable`: the sender cannot read the
 * file any more. `lost`: a page was loaded again, and with it went what it held of the file.
 */
export type FileFailure = "differs" | "full" | "unreadable" | "lost";

/** What of the channel for words concerns words and files. */
export type ExchangeMessage = Exclude<PeerMessage, { type: "hello" | "line" | "screen" }>;

/** What happens to the exchange. */
export type ExchangeEvent =
  /** Both channels are open and the other side understands them, or no longer. */
  | { type: "line"; open: boolean }
  | { type: "shown"; shown: boolean }
  /** The call is over, and with it what was on its way. */
  | { type: "over" }
  /** The person writes, under a fresh id. */
  | { type: "write"; id: string; at: number; text: string }
  /** The person hands over a file, under a fresh id. */
  | { type: "hand-over"; id: string; at: number; name: string; size: number }
  | { type: "accept" | "decline" | "cancel"; id: string }
  /** From the other side's page, decoded. */
  | { type: "peer"; at: number; message: ExchangeMessage }
  /** There is a place to keep the file in, which holds so much of it; the other side is asked for the rest. */
  | { type: "store-open"; id: string }
  | { type: "store-failed"; id: string; why: "full" | "differs" }
  /** So much has come and is on disk. */
  | { type: "kept"; id: string; bytes: number }
  /** The sender has read the file to its end, or the receiver has found out what came. */
  | { type: "digested"; id: string; digest: string }
  | { type: "unreadable"; id: string };

/** What the page does, in order. */
export type ExchangeEffect =
  | { type: "send"; message: ExchangeMessage }
  /** Makes a place for the file; answer with `store-open` or `store-failed`. */
  | { type: "open-store"; id: string; size: number }
  /** What comes next of it begins at this byte. */
  | { type: "resume-store"; id: string; from: number }
  /** Sends the file from this byte on, and then what it was, as `digested`; what was being sent of it before stops. */
  | { type: "send-file"; id: string; from: number; size: number }
  /** The receiver runs no further ahead than this. */
  | { type: "may-send"; id: string; kept: number }
  | { type: "stop-sending"; id: string }
  /** Compares what came with this digest; answer with `store-failed` or, where it is the same, `digested`. */
  | { type: "check-store"; id: string; digest: string }
  /** Hands the file to the person's downloads. */
  | { type: "save"; id: string; name: string }
  | { type: "drop-store"; id: string };

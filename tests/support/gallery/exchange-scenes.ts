import type { Entry, ExchangeState, FileState } from "../../../extension/core/exchange-types.ts";
import { NOW } from "./now.ts";

function said(id: string, mine: boolean, words: string, delivered = true): Entry {
  return { kind: "text", id, mine, at: NOW - 60_000, text: words, delivered };
}

function file(id: string, mine: boolean, name: string, state: FileState, kept = 0): Entry {
  return { kind: "file", id, mine, at: NOW - 30_000, name, size: 24_600_000, kept, state };
}

function exchange(entries: Entry[], more: Partial<ExchangeState> = {}): ExchangeState {
  return { open: true, shown: true, unread: 0, entries, ...more };
}

const WORDS = [
  said("1", false, "Here is the place that I meant, from above."),
  said("2", true, "It is further away than I thought.\nShall we take the train?"),
  said("3", false, "https://example.org/a-very-long-address-without-a-single-space-in-it/and-it-goes-on-and-on"),
];

/** The states that the panel of words and files can be in. */
export const EXCHANGES = {
  empty: exchange([]),
  words: exchange([
    ...WORDS,
    file("4", false, "the coast from above.jpg", { at: "offered" }),
    file("5", true, "timetable.pdf", { at: "moving" }, 9_000_000),
    said("6", true, "That is it.", false),
  ]),
  files: exchange([
    file("1", false, "the coast.jpg", { at: "done" }, 24_600_000),
    file("2", true, "timetable.pdf", { at: "offered" }),
    file("3", false, `${"a very long name ".repeat(6)}.tar.gz`, { at: "moving" }, 12_000_000),
    file("4", true, "notes.txt", { at: "declined" }),
    file("5", false, "film.mp4", { at: "failed", why: "full" }),
    file("6", true, "film.mp4", { at: "cancelled", by: "them" }),
    file("7", false, "song.flac", { at: "failed", why: "differs" }),
  ]),
  closed: exchange([...WORDS, file("5", true, "timetable.pdf", { at: "paused" }, 9_000_000)], { open: false }),
  over: exchange([...WORDS, file("5", true, "timetable.pdf", { at: "failed", why: "lost" }, 9_000_000)], {
    open: false,
  }),
  unread: exchange(WORDS, { shown: false, unread: 3 }),
};

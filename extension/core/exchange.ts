import { unreachable } from "#protocol";
import {
  endOfFiles,
  type ExchangeStep,
  handOver,
  isOnItsWay,
  lineOfFiles,
  peerOnFile,
  personOnFile,
  storeOnFile,
} from "./exchange-files.ts";
import type { Entry, ExchangeEffect, ExchangeEvent, ExchangeState } from "./exchange-types.ts";
import { step } from "./machine.ts";

/** Older entries are forgotten, whatever the other side sends. */
const MAX_ENTRIES = 500;

type Of<T extends ExchangeEvent["type"]> = Extract<ExchangeEvent, { type: T }>;

export function newExchange(entries: readonly Entry[] = []): ExchangeState {
  return { open: false, shown: false, unread: 0, entries: entries.map(afterReload) };
}

export function updateExchange(state: ExchangeState, event: ExchangeEvent): ExchangeStep {
  switch (event.type) {
    case "line":
      return lineChanged(state, event.open);
    case "shown":
      return step({ ...state, shown: event.shown, unread: event.shown ? 0 : state.unread });
    case "over":
      return endOfFiles(state);
    case "write":
      return written(state, event);
    case "hand-over":
      return bounded(handOver(state, event));
    case "accept":
    case "decline":
    case "cancel":
      return personOnFile(state, event.type, event.id);
    case "peer":
      return heard(state, event);
    case "store-open":
    case "store-failed":
    case "kept":
    case "digested":
    case "unreadable":
      return storeOnFile(state, event);
    default:
      return unreachable(event);
  }
}

/** After a gap the other side is told again what it may not have heard; what it has, it knows by the id. */
function lineChanged(state: ExchangeState, open: boolean): ExchangeStep {
  if (state.open === open) return step(state);
  const files = lineOfFiles(state, open);
  const texts = open ? state.entries.flatMap(unsaid) : [];
  return step<ExchangeState, ExchangeEffect>(files.state, ...texts, ...files.effects);
}

function unsaid(entry: Entry): ExchangeEffect[] {
  if (entry.kind !== "text" || !entry.mine || entry.delivered) return [];
  return [{ type: "send", message: { type: "chat", id: entry.id, text: entry.text } }];
}

function written(state: ExchangeState, { id, at, text }: Of<"write">): ExchangeStep {
  const entry: Entry = { kind: "text", id, mine: true, at, text, delivered: false };
  const next = withEntry(state, entry);
  return step<ExchangeState, ExchangeEffect>(next, ...(state.open ? unsaid(entry) : []));
}

function heard(state: ExchangeState, { at, message }: Of<"peer">): ExchangeStep {
  switch (message.type) {
    case "chat": {
      const got: ExchangeEffect = { type: "send", message: { type: "got", id: message.id } };
      const known = state.entries.find(({ id }) => id === message.id);
      if (known !== undefined) return known.mine ? step(state) : step<ExchangeState, ExchangeEffect>(state, got);
      const { id, text } = message;
      const next = withEntry(state, { kind: "text", id, mine: false, at, text, delivered: true });
      return step<ExchangeState, ExchangeEffect>(noticed(next), got);
    }
    case "got":
      return step({
        ...state,
        entries: state.entries.map((entry) =>
          entry.kind === "text" && entry.mine && entry.id === message.id ? { ...entry, delivered: true } : entry,
        ),
      });
    default: {
      const next = peerOnFile(state, message, at);
      return next.state.entries.length > state.entries.length ? bounded({ ...next, state: noticed(next.state) }) : next;
    }
  }
}

function noticed(state: ExchangeState): ExchangeState {
  return state.shown ? state : { ...state, unread: state.unread + 1 };
}

function withEntry(state: ExchangeState, entry: Entry): ExchangeState {
  return forgetful({ ...state, entries: [...state.entries, entry] });
}

/** Files that are on their way stay, or nobody could stop them any more; there is a bound to them as well. */
function forgetful(state: ExchangeState): ExchangeState {
  if (state.entries.length <= MAX_ENTRIES) return state;
  const oldest = state.entries.findIndex((entry) => entry.kind === "text" || !isOnItsWay(entry.state));
  return { ...state, entries: state.entries.toSpliced(Math.max(0, oldest), 1) };
}

function bounded(made: ExchangeStep): ExchangeStep {
  return { ...made, state: forgetful(made.state) };
}

/** What a page that was loaded again still has of what it showed: the words, but not the files that were on their way. */
function afterReload(entry: Entry): Entry {
  if (entry.kind === "text") return entry;
  return isOnItsWay(entry.state) ? { ...entry, state: { at: "failed", why: "lost" } } : entry;
}

import { FILE_BLOCK_BYTES, unreachable } from "#protocol";
import type {
  ExchangeEffect,
  ExchangeEvent,
  ExchangeMessage,
  ExchangeState,
  FileEntry,
  FileState,
} from "./exchange-types.ts";
import { type Step, step } from "./machine.ts";

/** So many files of the other side may wait for the person's word; more are declined. */
const MAX_OFFERS = 20;

export type ExchangeStep = Step<ExchangeState, ExchangeEffect>;
type Of<T extends ExchangeEvent["type"]> = Extract<ExchangeEvent, { type: T }>;
type FileMessage = Exclude<ExchangeMessage, { type: "chat" | "got" }>;
type FileMessageOf<T extends FileMessage["type"]> = Extract<FileMessage, { type: T }>;

export function handOver(state: ExchangeState, { id, at, name, size }: Of<"hand-over">): ExchangeStep {
  const entry: FileEntry = { kind: "file", id, mine: true, at, name, size, kept: 0, state: { at: "offered" } };
  const next = { ...state, entries: [...state.entries, entry] };
  return step<ExchangeState, ExchangeEffect>(next, ...(state.open ? [offer(entry)] : []));
}

/**
 * Without a line nothing moves. When it is back each side says what the other may not know: the sender which files are not
 * yet whole, the receiver from where on it wants them.
 */
export function lineOfFiles(state: ExchangeState, open: boolean): ExchangeStep {
  return eachOnItsWay({ ...state, open }, open ? takenUp : interrupted);
}

/** What was on its way does not come any more. */
export function endOfFiles(state: ExchangeState): ExchangeStep {
  return eachOnItsWay({ ...state, open: false }, (now, entry) =>
    become(now, entry, { at: "failed", why: "lost" }, letGo(entry)),
  );
}

function eachOnItsWay(
  state: ExchangeState,
  make: (state: ExchangeState, entry: FileEntry) => ExchangeStep,
): ExchangeStep {
  let made: ExchangeStep = step(state);
  for (const entry of state.entries) {
    if (entry.kind !== "file" || !isOnItsWay(entry.state)) continue;
    const next = make(made.state, entry);
    made = { state: next.state, effects: [...made.effects, ...next.effects] };
  }
  return made;
}

function takenUp(state: ExchangeState, entry: FileEntry): ExchangeStep {
  if (entry.mine) return step<ExchangeState, ExchangeEffect>(state, offer(entry));
  return entry.state.at === "paused" ? asked(state, entry) : step(state);
}

function interrupted(state: ExchangeState, entry: FileEntry): ExchangeStep {
  if (entry.state.at !== "moving" && entry.state.at !== "checking") return step(state);
  const effects: ExchangeEffect[] = entry.mine ? [{ type: "stop-sending", id: entry.id }] : [];
  return become(state, entry, { at: "paused" }, ...effects);
}

export function personOnFile(state: ExchangeState, what: "accept" | "decline" | "cancel", id: string): ExchangeStep {
  const entry = fileOf(state, id);
  if (entry === undefined) return step(state);
  switch (what) {
    case "accept":
      if (entry.mine || entry.state.at !== "offered") return step(state);
      return become(state, entry, { at: "opening" }, { type: "open-store", id, size: entry.size });
    case "decline":
      if (entry.mine || entry.state.at !== "offered") return step(state);
      return become(state, entry, { at: "declined" }, say({ type: "decline", file: id }));
    case "cancel":
      if (!isOnItsWay(entry.state)) return step(state);
      return become(state, entry, { at: "cancelled", by: "us" }, letGo(entry), say({ type: "cancel", file: id }));
    default:
      return unreachable(what);
  }
}

export function storeOnFile(
  state: ExchangeState,
  event: Of<"store-open" | "store-failed" | "kept" | "digested" | "unreadable">,
): ExchangeStep {
  const entry = fileOf(state, event.id);
  if (entry === undefined || !isOnItsWay(entry.state)) return step(state);
  switch (event.type) {
    case "store-open":
      return state.open ? asked(state, entry) : become(state, entry, { at: "paused" });
    case "store-failed":
      return entry.mine ? step(state) : failed(state, entry, event.why);
    case "kept":
      return kept(state, { ...entry, kept: event.bytes });
    case "digested":
      return digested(state, entry, event.digest);
    case "unreadable":
      return become(
        state,
        entry,
        { at: "failed", why: "unreadable" },
        letGo(entry),
        say({ type: "cancel", file: entry.id }),
      );
    default:
      return unreachable(event);
  }
}

export function peerOnFile(state: ExchangeState, message: FileMessage, at: number): ExchangeStep {
  const entry = fileOf(state, message.file);
  if (message.type === "offer") {
    if (entry === undefined) return offered(state, message, at);
    return entry.mine ? step(state) : offeredAgain(state, entry);
  }
  if (entry === undefined || !isOnItsWay(entry.state)) {
    // What it waits for is over here, or was lost with a page: it does not wait in vain.
    const isAskedFor = message.type === "accept" && entry?.mine !== false;
    const { file } = message;
    return isAskedFor ? step<ExchangeState, ExchangeEffect>(state, say({ type: "cancel", file })) : step(state);
  }
  if (message.type === "cancel") return become(state, entry, { at: "cancelled", by: "them" }, letGo(entry));
  if (message.type === "sent") {
    // Words overtake blocks.
    const isMoving = !entry.mine && entry.state.at === "moving";
    return isMoving
      ? checkedWhenKept(state, { ...entry, state: { at: "moving", digest: message.digest } })
      : step(state);
  }
  return entry.mine ? receiverSays(state, entry, message) : step(state);
}

function kept(state: ExchangeState, entry: FileEntry): ExchangeStep {
  const made = checkedWhenKept(state, entry);
  const told = say({ type: "kept", file: entry.id, bytes: entry.kept });
  return state.open ? { ...made, effects: [told, ...made.effects] } : made;
}

function checkedWhenKept(state: ExchangeState, entry: FileEntry): ExchangeStep {
  const { id, state: has } = entry;
  if (has.at !== "moving" || has.digest === undefined || entry.kept < entry.size) return step(put(state, entry));
  return become(state, entry, { at: "checking" }, { type: "check-store", id, digest: has.digest });
}

/** What the receiver of a file of ours says. */
function receiverSays(
  state: ExchangeState,
  entry: FileEntry,
  message: FileMessageOf<"accept" | "decline" | "kept" | "whole" | "failed">,
): ExchangeStep {
  const { id, size } = entry;
  switch (message.type) {
    case "accept": {
      const { from } = message;
      if (from > size || (from !== size && from % FILE_BLOCK_BYTES !== 0)) return failed(state, entry, "differs");
      const next = put(state, { ...entry, kept: from, state: { at: "moving" } });
      return step<ExchangeState, ExchangeEffect>(next, { type: "send-file", id, from, size });
    }
    case "decline":
      return become(state, entry, { at: "declined" }, letGo(entry));
    case "kept": {
      if (message.bytes <= entry.kept || message.bytes > size) return step(state);
      const next = put(state, { ...entry, kept: message.bytes });
      return step<ExchangeState, ExchangeEffect>(next, { type: "may-send", id, kept: message.bytes });
    }
    case "whole":
      return become(state, { ...entry, kept: size }, { at: "done" }, letGo(entry));
    case "failed":
      return become(state, entry, { at: "failed", why: message.why }, letGo(entry));
    default:
      return unreachable(message);
  }
}

function offered(state: ExchangeState, { file, name, size }: FileMessageOf<"offer">, at: number): ExchangeStep {
  const waiting = state.entries.filter((one) => one.kind === "file" && !one.mine && one.state.at === "offered");
  if (waiting.length >= MAX_OFFERS) {
    return step<ExchangeState, ExchangeEffect>(state, say({ type: "decline", file }));
  }
  const entry: FileEntry = { kind: "file", id: file, mine: false, at, name, size, kept: 0, state: { at: "offered" } };
  return step({ ...state, entries: [...state.entries, entry] });
}

/** The sender asks how far its file is. */
function offeredAgain(state: ExchangeState, entry: FileEntry): ExchangeStep {
  const { id: file, state: has } = entry;
  switch (has.at) {
    case "offered":
    case "opening":
    case "moving":
    case "checking":
      return step(state);
    case "paused":
      return asked(state, entry);
    case "done":
      return step<ExchangeState, ExchangeEffect>(state, say({ type: "whole", file }));
    case "declined":
      return step<ExchangeState, ExchangeEffect>(state, say({ type: "decline", file }));
    case "cancelled":
      return step<ExchangeState, ExchangeEffect>(state, say({ type: "cancel", file }));
    case "failed":
      return step<ExchangeState, ExchangeEffect>(
        state,
        has.why === "differs" || has.why === "full"
          ? say({ type: "failed", file, why: has.why })
          : say({ type: "cancel", file }),
      );
    default:
      return unreachable(has);
  }
}

/** Asks the sender for what is not there yet. */
function asked(state: ExchangeState, entry: FileEntry): ExchangeStep {
  const { id, kept: from } = entry;
  return become(
    state,
    entry,
    { at: "moving" },
    { type: "resume-store", id, from },
    say({ type: "accept", file: id, from }),
  );
}

function digested(state: ExchangeState, entry: FileEntry, digest: string): ExchangeStep {
  const { id } = entry;
  if (entry.mine) {
    if (entry.state.at !== "moving") return step(state);
    return become(state, entry, { at: "checking" }, say({ type: "sent", file: id, digest }));
  }
  if (entry.state.at !== "checking") return step(state);
  const whole = say({ type: "whole", file: id });
  return become(state, entry, { at: "done" }, { type: "save", id, name: entry.name }, whole);
}

function failed(state: ExchangeState, entry: FileEntry, why: "differs" | "full"): ExchangeStep {
  return become(state, entry, { at: "failed", why }, letGo(entry), say({ type: "failed", file: entry.id, why }));
}

function letGo({ id, mine }: FileEntry): ExchangeEffect {
  return mine ? { type: "stop-sending", id } : { type: "drop-store", id };
}

/** Whether something is still to come of it. */
export function isOnItsWay({ at }: FileState): boolean {
  return at === "offered" || at === "opening" || at === "moving" || at === "paused" || at === "checking";
}

function offer({ id, name, size }: FileEntry): ExchangeEffect {
  return say({ type: "offer", file: id, name, size });
}

function say(message: FileMessage): ExchangeEffect {
  return { type: "send", message };
}

function fileOf(state: ExchangeState, id: string): FileEntry | undefined {
  return state.entries.find((entry) => entry.kind === "file" && entry.id === id) as FileEntry | undefined;
}

function become(state: ExchangeState, entry: FileEntry, to: FileState, ...effects: ExchangeEffect[]): ExchangeStep {
  const said = effects.filter((effect) => effect.type !== "send" || state.open);
  return step<ExchangeState, ExchangeEffect>(put(state, { ...entry, state: to }), ...said);
}

function put(state: ExchangeState, entry: FileEntry): ExchangeState {
  return { ...state, entries: state.entries.map((one) => (one.id === entry.id ? entry : one)) };
}

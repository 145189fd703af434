import type { MessageKey, Text } from "../locales/text.ts";

/** What a person does in a call by a key, a button or an item of the menu. */
export type CallAct =
  | "microphone"
  | "talk"
  | "camera"
  | "screen"
  | "messages"
  | "picture"
  | "full-screen"
  | "own-picture"
  | "keys"
  | "close";

/** What there is to do now. What is missing has no key, no button and no line in the list. */
export type CallActs = Partial<Record<CallAct, () => void>>;

interface CallKey {
  /** As the browser names it, in small letters. */
  key: string;
  act: CallAct;
  says: MessageKey;
  /** Does its work for as long as it is held; who holds it, sees to it. */
  held?: true;
}

/** The keys of a call: those that do something and those that the list shows are these. */
export const CALL_KEYS: readonly CallKey[] = [
  { key: "m", act: "microphone", says: "keys.microphone" },
  { key: " ", act: "talk", says: "keys.talk", held: true },
  { key: "v", act: "camera", says: "keys.camera" },
  { key: "s", act: "screen", says: "keys.screen" },
  { key: "c", act: "messages", says: "keys.messages" },
  { key: "p", act: "picture", says: "keys.picture" },
  { key: "f", act: "full-screen", says: "keys.full-screen" },
  { key: "o", act: "own-picture", says: "keys.own-picture" },
  { key: "?", act: "keys", says: "keys.keys" },
  { key: "escape", act: "close", says: "keys.close" },
];

type Press = Pick<KeyboardEvent, "key" | "repeat" | "ctrlKey" | "metaKey" | "altKey">;

/** What this press asks for; `writes`: where it goes, keys are letters. */
export function actOfPress({ key, repeat, ctrlKey, metaKey, altKey }: Press, writes: boolean): CallAct | undefined {
  if (repeat || ctrlKey || metaKey || altKey) return undefined;
  const pressed = key.toLowerCase();
  if (writes && pressed.length === 1) return undefined;
  return CALL_KEYS.find((one) => one.key === pressed && one.held !== true)?.act;
}

/** Whether letters are written, or choose something, where a press goes. */
export function isWritten(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("textarea, select, input, [contenteditable]") !== null;
}

/** The key that does this, as it is written on the key, and as `aria-keyshortcuts` names it. */
export function keyOf(act: CallAct): { name: string; keys: string } {
  const found = CALL_KEYS.find((one) => one.act === act);
  if (found === undefined) throw new Error(`There is no key for ${act}`);
  return { name: nameOf(found.key), keys: found.key };
}

/** The keys that do something now, with what they do. */
export function keysOf(text: Text, acts: CallActs): { name: string; says: string }[] {
  return CALL_KEYS.filter(({ act }) => acts[act] !== undefined).map(({ key, says }) => ({
    name: nameOf(key),
    says: text.t(says),
  }));
}

function nameOf(key: string): string {
  if (key === " ") return "Space";
  return key === "escape" ? "Esc" : key.toUpperCase();
}

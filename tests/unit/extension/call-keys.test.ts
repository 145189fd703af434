import { describe, expect, it } from "vitest";
import { fitting } from "../../../extension/components/bar-room.ts";
import { actOfPress, CALL_KEYS, type CallActs, keyOf, keysOf } from "../../../extension/components/call-keys.ts";
import { createText } from "../../../extension/locales/text.ts";

const PRESS = { key: "m", repeat: false, ctrlKey: false, metaKey: false, altKey: false };
const nothing = () => undefined;

describe("the keys of a call", () => {
  it("are each there once, as are the things that they do", () => {
    for (const field of ["key", "act", "says"] as const) {
      expect(new Set(CALL_KEYS.map((one) => one[field])).size).toBe(CALL_KEYS.length);
    }
  });

  it.each(CALL_KEYS.filter(({ held }) => held !== true))("do by $key what the list says of it", ({ key, act }) => {
    const acts: CallActs = { [act]: nothing };
    expect(actOfPress({ ...PRESS, key }, false)).toBe(act);
    expect(keysOf(createText("en"), acts).map(({ name }) => name)).toEqual([keyOf(act).name]);
    expect(keyOf(act).name.toLowerCase()).toBe(key === "escape" ? "esc" : key);
  });

  it.each([
    ["a capital letter is the same key", { key: "M" }, false, "microphone"],
    ["one that is held does nothing more", { repeat: true }, false, undefined],
    ["with Control it is the browser's", { ctrlKey: true }, false, undefined],
    ["with Command it is the browser's", { metaKey: true }, false, undefined],
    ["with Alt it is the browser's", { altKey: true }, false, undefined],
    ["where a person writes it is a letter", {}, true, undefined],
    ["Space is held, and no press", { key: " " }, false, undefined],
    ["Escape is no letter", { key: "Escape" }, true, "close"],
    ["most keys mean nothing", { key: "Enter" }, false, undefined],
  ])("%s", (_, press, writes, act) => {
    expect(actOfPress({ ...PRESS, ...press }, writes)).toBe(act);
  });

  it("are listed where they do something now, and not where they do nothing", () => {
    const listed = keysOf(createText("en"), { talk: nothing, camera: nothing, close: nothing });
    expect(listed).toEqual([
      { name: "Space", says: "Talk while muted, for as long as it is held" },
      { name: "V", says: "Camera on or off" },
      { name: "Esc", says: "Close what is open; leave full screen" },
    ]);
  });
});

describe("the bar of a call", () => {
  const button = 52;
  const gap = 12;

  it.each([
    ["has all controls where there is room", 6, 960, 6],
    ["has none more than there are", 3, 5_000, 3],
    ["has those that fit beside the menu and hanging up", 6, 76 + 64 * 4, 3],
    ["gives way for each missing pixel", 6, 76 + 64 * 4 - 1, 2],
    ["keeps microphone and camera, however narrow", 6, 100, 2],
  ])("%s", (_, count, room, shown) => {
    expect(fitting(count, { room, button, gap })).toBe(shown);
  });

  it("has all before it was measured", () => {
    expect(fitting(6, { room: Number.POSITIVE_INFINITY, button: 0, gap })).toBe(6);
  });
});

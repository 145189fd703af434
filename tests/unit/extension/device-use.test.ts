import { describe, expect, it } from "vitest";
import { type DeviceMove, type DeviceUse, moveDevice } from "../../../extension/core/device-use.ts";

const rows: [string, DeviceUse, string[], DeviceMove | undefined][] = [
  ["serves on where others come", { home: "own", used: "own" }, ["new", "own"], undefined],
  ["serves on where others go", { home: "own", used: "own" }, ["own"], undefined],
  ["goes, and the next serves", { home: "own", used: "own" }, ["next", "last"], { why: "gone", to: "next" }],
  ["goes, and nothing is left", { home: "own", used: "own" }, [], { why: "none" }],
  ["comes back, and serves again", { home: "own", used: "next" }, ["next", "own"], { why: "back", to: "own" }],
  [
    "comes back in the moment in which what served for it goes",
    { home: "own", used: "next" },
    ["last", "own"],
    { why: "back", to: "own" },
  ],
  ["is served for by the next of all", { home: "own", used: "next" }, ["last"], { why: "gone", to: "last" }],
  ["is served for on", { home: "own", used: "next" }, ["next", "last"], undefined],
  ["comes back after nothing was left", { home: "own" }, ["own"], { why: "back", to: "own" }],
  ["is not there, but another comes after nothing was left", { home: "own" }, ["new"], { why: "back", to: "new" }],
  ["means another one by now", { home: "own", used: "own", isAnother: true }, ["own"], { why: "moved", to: "own" }],
  [
    "means another one by now, and what it serves for comes back",
    { home: "own", used: "system", isAnother: true },
    ["system", "own"],
    { why: "back", to: "own" },
  ],
  ["means another one by now, and is not there", { home: "own", used: "own", isAnother: true }, [], { why: "none" }],
  ["was never known, and the first one comes", {}, ["new"], { why: "back", to: "new" }],
  ["is not there, as before", { home: "own" }, [], undefined],
];

describe("a device in a call", () => {
  it.each(rows)("%s", (_, use, present, expected) => {
    expect(moveDevice(use, present)).toEqual(expected);
  });

  it.each(rows.filter(([, , , move]) => move !== undefined))("that %s moves once", (_, use, present, move) => {
    const used = move?.why === "none" ? undefined : move?.to;
    expect(moveDevice({ home: use.home, used }, present)).toBeUndefined();
  });
});

import { describe, expect, test } from "vitest";
import { proposedHandle } from "../../../extension/components/profile-fields.ts";

describe("the handle that a name proposes", () => {
  test.each([
    ["Carol Ruiz", "carol.ruiz"],
    ["  Jörg   Müller ", "jorg.muller"],
    ["Zoë O’Hara", "zoe.ohara"],
    ["Ｋｅｎ　Ｉｔｏ", "ken.ito"],
    ["R2-D2 (the droid)", "r2-d2.the.droid"],
    ["Ana 🦊", "ana"],
    ["Maximiliana Konstantinopolitanska", "maximiliana.konstantinopolitansk"],
  ])("%s: %s", (name, handle) => {
    expect(proposedHandle(name)).toBe(handle);
  });

  test.each([[""], ["Al"], ["森 千代"], ["森 Chiyo"], ["Søren"], ["Алиса"], ["김민준"], ["🦊🦊🦊"]])(
    "is none of %j",
    (name) => {
      expect(proposedHandle(name)).toBe("");
    },
  );
});

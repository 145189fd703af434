import { describe, expect, it } from "vitest";
import { outward } from "../../../extension/core/outward.ts";
import { readSaved } from "../../../extension/shell/saved.ts";
import { bob, carol, online, session } from "./given.ts";

/** What a device keeps that was told nothing of its last wishes. */
function kept(): object {
  const device = online()
    .loses()
    .on({ type: "set-presence", availability: "dnd", text: "Focus", forMs: 60_000 })
    .on({ type: "set-settings", change: { showBusy: false } })
    .on({ type: "let-through", user: bob.user, on: true }, { type: "watch-contact", user: carol.user, until: 5 });
  return JSON.parse(JSON.stringify(outward(device.state).saved)) as object;
}

describe("what outlives the browser", () => {
  it("is read as it was kept", () => {
    expect(kept()).toHaveProperty("wanted.settings");
    expect(readSaved(kept(), true)).toEqual(kept());
  });

  it("is the server alone without a token, whoever was signed in", () => {
    expect(readSaved(kept(), false)).toEqual({ server: session.server.origin });
  });

  it("signs nobody out over a part that cannot be read", () => {
    const broken = { ...kept(), wanted: { presence: { availability: "asleep", request: 1 } }, calls: "none" };
    const { wanted, ...rest } = kept() as { wanted?: unknown };
    expect(wanted).toBeDefined();
    expect(readSaved(broken, true)).toEqual(rest);
  });

  it.each([undefined, null, "text", { server: 1 }])("is nothing where %j was found", (stored) => {
    expect(readSaved(stored, true)).toBeUndefined();
  });
});

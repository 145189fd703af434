import { describe, expect, it } from "vitest";
import { INITIAL_STATE } from "../../../extension/core/app.ts";
import type { View } from "../../../extension/core/view.ts";
import { Runtime } from "../../../extension/shell/runtime.ts";
import { session } from "./given.ts";

const outside = { carryOut: () => undefined, reconcile: () => undefined };

describe("a background whose stored state cannot be read", () => {
  it("says so instead of leaving everybody waiting, shows a page something, and decides nothing over it", async () => {
    const written: View[] = [];
    const runtime = new Runtime({
      read: () => Promise.reject(new Error("disk")),
      write: (_state, view) => Promise.resolve(void written.push(view)),
    });
    await runtime.start(outside);
    expect(await runtime.started).toBe(false);
    expect(written).toEqual([expect.objectContaining({ at: "signed-out" })]);
    runtime.dispatch({ type: "signed-in", session });
    expect(runtime.state).toEqual(INITIAL_STATE);
  });

  it("is one that starts where it can", async () => {
    const runtime = new Runtime({
      read: () => Promise.resolve({ saved: { server: session.server.origin } }),
      write: () => Promise.resolve(),
    });
    await runtime.start(outside);
    expect(await runtime.started).toBe(true);
    expect(runtime.state).toMatchObject({ at: "signed-out", server: session.server.origin });
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { share } from "../../../extension/state/share.ts";

const bob = { user: "bob", availability: "available" };
const chiyo = { user: "chiyo", availability: "away" };

describe("a view that came anew", () => {
  it("is the former one where nothing has changed", () => {
    const former = { at: "signed-in", contacts: [bob, chiyo], call: { with: bob } };
    expect(share(former, structuredClone(former))).toBe(former);
  });

  it("has what is as it was from the former one, also where the list is in another order", () => {
    const former = { contacts: [bob, chiyo], settings: { favourites: ["bob"] } };
    const next = {
      contacts: [{ user: "alice" }, { ...chiyo }, { ...bob, availability: "busy" }],
      settings: { favourites: ["bob"] },
    };
    const shared = share(former, structuredClone(next));
    expect(shared).toEqual(next);
    expect(shared.contacts[1]).toBe(chiyo);
    expect(shared.contacts[2]).not.toBe(bob);
    expect(shared.settings).toBe(former.settings);
  });

  it("loses what is no longer there, and gains what is new", () => {
    expect(share({ at: 1, call: bob }, { at: 1 })).toEqual({ at: 1 });
    expect(share({ at: 1 }, { at: 1, call: bob })).toEqual({ at: 1, call: bob });
    expect(share([bob, chiyo], [{ ...bob }])).toEqual([bob]);
    expect(share([], {})).toEqual({});
    expect(share(undefined, [bob])).toEqual([bob]);
  });

  it("is what came, whatever was before", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (former, next) => {
        expect(share(former, structuredClone(next))).toEqual(next);
      }),
    );
  });
});

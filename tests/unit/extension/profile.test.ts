import { describe, expect, it } from "vitest";
import { pictureUrl } from "../../../extension/core/picture.ts";
import { callPageOf, viewOf } from "../../../extension/core/projection.ts";
import { outward } from "../../../extension/core/outward.ts";
import { bob, callId, calling, contact, incoming, online, session, welcome } from "./given.ts";

const ORIGIN = "https://beckon.example";

describe("one's own profile", () => {
  it("is as the welcome says, and then as the server tells of a change", () => {
    const { user } = welcome();
    const device = online()
      .loses()
      .returns({ user: { ...user, avatar: "/avatars/one" } });
    expect(viewOf(device.state)).toMatchObject({ self: { name: "Alice", avatar: `${ORIGIN}/avatars/one` } });
    device.hears({
      type: "self",
      availability: "available",
      settings: { showBusy: true, secondCall: "wait" },
      user: { handle: "al", name: "Al" },
    });
    expect(viewOf(device.state)).toMatchObject({ self: { handle: "al", name: "Al" } });
    expect(viewOf(device.state)).not.toHaveProperty("self.avatar");
    expect(outward(device.state).saved?.session).toMatchObject({ handle: "al", name: "Al" });
  });

  it("stays where only the choice changed", () => {
    const settings = { showBusy: true, secondCall: "wait" } as const;
    const device = online().hears({ type: "self", availability: "dnd", settings });
    expect(viewOf(device.state)).toMatchObject({ self: { name: "Alice", availability: "dnd" } });
  });
});

describe("a contact's picture", () => {
  const avatar = "/avatars/bob-1";

  it("stands in the list, in a ring and in the call's page", () => {
    const listed = [{ ...contact(bob), avatar }];
    const device = online()
      .hears({ type: "contacts.changed" })
      .lists(...listed);
    expect(viewOf(device.state)).toMatchObject({ contacts: [{ avatar: ORIGIN + avatar }] });
    device.hears(incoming(2, bob));
    expect(viewOf(device.state)).toMatchObject({ call: { with: { ...bob, avatar: ORIGIN + avatar } } });
    const call = calling()
      .hears({ type: "contacts.changed" })
      .lists(...listed);
    expect(callPageOf(call.state, callId(1))?.with).toEqual({ ...bob, avatar: ORIGIN + avatar });
  });

  it.each(["//evil.example/x.png", "/\\evil.example", "https://evil.example/x.png", "data:image/png,", "", "/"])(
    "is none where %j is no path of the server",
    (path) => {
      expect(pictureUrl(ORIGIN, path)).toBeUndefined();
    },
  );
});

describe("an account that was erased", () => {
  const erased = { type: "account-deleted", user: session.user } as const;

  it("is signed out kindly, and nothing of it is kept", () => {
    const device = online().on({ type: "account-deleted", user: session.user });
    expect(device.effects).toEqual([
      { type: "close-socket", socket: 1 },
      { type: "forget-token", revoke: false },
    ]);
    expect(viewOf(device.state)).toMatchObject({
      at: "signed-out",
      server: ORIGIN,
      sessionEnded: false,
      deleted: true,
    });
    expect(outward(device.state).saved).toEqual({ server: ORIGIN });
  });

  it("is so also where its session ended first, and no longer for who signs in next", () => {
    const device = online().on({ type: "socket-closed", socket: 1, code: 4401 }, erased);
    expect(viewOf(device.state)).toMatchObject({ sessionEnded: false, deleted: true });
    device.on({ type: "signed-in", session }, { type: "sign-out" });
    expect(viewOf(device.state)).not.toHaveProperty("deleted");
  });

  it("signs nobody else out whose answer comes late", () => {
    const device = online();
    const before = device.state;
    device.on({ type: "account-deleted", user: bob.user }, { type: "deletion-lost", user: bob.user });
    expect(device.state).toBe(before);
  });

  const lost = { type: "deletion-lost", user: session.user } as const;
  const refused = { type: "socket-closed", socket: 1, code: 4401 } as const;
  it.each([
    ["before", [lost, refused]],
    ["after", [refused, lost]],
  ] as const)("is taken for erased where the answer was lost, %s its session ended", (_when, events) => {
    const device = online().on(...events);
    expect(viewOf(device.state)).toMatchObject({ at: "signed-out", sessionEnded: false, deleted: true });
  });

  it("is not taken for erased where the server has welcomed the person since, or nothing ended", () => {
    const device = online().on(lost);
    expect(viewOf(device.state).at).toBe("signed-in");
    device.loses().returns();
    device.on({ type: "socket-closed", socket: device.signedIn.connection.lastSocket, code: 4401 });
    expect(viewOf(device.state)).toMatchObject({ at: "signed-out", sessionEnded: true });
    const left = online().on({ type: "sign-out" }, lost);
    expect(viewOf(left.state)).not.toHaveProperty("deleted");
  });
});

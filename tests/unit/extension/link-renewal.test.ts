import { describe, expect, it } from "vitest";
import { linkDue, updateLink } from "../../../extension/core/link.ts";
import type { LinkState } from "../../../extension/core/link-types.ts";
import { NOW } from "./given.ts";
import { callers, first, links, says, tells, told } from "./link-given.ts";

const EXPIRES_MS = 40_000;
const RENEW_AT = NOW + 30_000;

function relayed(username: string) {
  const iceServers = [{ urls: ["turn:a.example"], username, credential: "secret" }];
  return { ...first, iceServers, iceExpires: EXPIRES_MS };
}

const ticket = relayed("first");
const other = relayed("second");
const restart = { type: "restart-ice", anew: true } as const;

/** The side that answered, whose credentials are to be renewed at RENEW_AT. */
const live: LinkState = { ...links.live, phase: { at: "live", ticket }, renewAt: RENEW_AT };
// Its phase is the one with that name.
const { phase: lost } = links.interrupted as { phase: Extract<LinkState["phase"], { at: "interrupted" }> };
const interrupted: LinkState = { ...live, phase: { ...lost, ticket } };

describe("[DEC-56] the credentials of a relay", () => {
  it("are to be renewed when three quarters of their time are over", () => {
    const { state } = updateLink(links.waiting, told({ ticket }));
    expect(state.renewAt).toBe(RENEW_AT);
    expect(updateLink(links.waiting, told({ ticket: first })).state).not.toHaveProperty("renewAt");
  });

  it("are asked for then, and again every 30 s until others come", () => {
    expect(linkDue(live)).toBe(RENEW_AT);
    expect(updateLink(live, { type: "due", at: RENEW_AT - 1 })).toEqual({ state: live, effects: [] });
    const asked = updateLink(live, { type: "due", at: RENEW_AT });
    expect(asked).toEqual({ state: { ...live, renewAt: RENEW_AT + 30_000 }, effects: [tells("ice-wanted")] });
    expect(linkDue(asked.state)).toBe(RENEW_AT + 30_000);
  });

  it("are asked for while the media is interrupted, which goes its own way", () => {
    const { state, effects } = updateLink({ ...interrupted, renewAt: NOW + 2_000 }, { type: "due", at: NOW + 2_000 });
    expect(effects).toEqual([tells("ice-wanted"), { type: "restart-ice" }]);
    expect(state.renewAt).toBe(NOW + 32_000);
    expect(linkDue(state)).toBe(NOW + 7_000);
  });

  it.each([live, interrupted])("go into the connection, which restarts by them, while $phase.at", (given) => {
    const use = { type: "use-ice", iceServers: other.iceServers } as const;
    const next = { ...given, phase: { ...given.phase, ticket: other }, renewAt: RENEW_AT };
    const heard = told({ ticket: other });
    expect(updateLink({ ...given, renewAt: NOW }, heard)).toEqual({ state: next, effects: [use, restart] });
    const called = updateLink(callers({ ...given, renewAt: NOW }), { ...heard, outgoing: true });
    expect(called).toEqual({ state: callers(next), effects: [use, says({ kind: "restart-please" })] });
  });

  it("are left alone where the same come again", () => {
    expect(updateLink(interrupted, told({ ticket }))).toEqual({ state: interrupted, effects: [] });
    expect(updateLink(live, told({ ticket })).state).toEqual(live);
  });
});

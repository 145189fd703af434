import type { ContactPresence } from "#protocol";
import { describe, expect, it } from "vitest";
import {
  changePresence,
  listContacts,
  newRoster,
  presenceOf,
  putOffContacts,
  refuseContacts,
  type Roster,
  rosterDue,
  settleRoster,
  wantContacts,
  welcomeRoster,
} from "../../../extension/core/roster.ts";
import { alice, bob, carol, contact, NOW, online } from "./given.ts";

const told: ContactPresence[] = [
  { user: bob.user, availability: "busy", text: "call me", since: 4_000 },
  { user: carol.user, availability: "away" },
];
const welcomed: Roster = welcomeRoster(newRoster([contact(bob), contact(carol)]), told, NOW);
const absent = told.map(({ user }) => ({ user, availability: "offline" as const }));

describe("roster", () => {
  it("shows what the welcome says, with ages as instants", () => {
    expect(presenceOf(welcomed, bob.user)).toEqual({ availability: "busy", text: "call me", since: NOW - 4_000 });
  });

  it("shows offline where nothing is known", () => {
    expect(presenceOf(newRoster([contact(bob)]), bob.user)).toEqual({ availability: "offline" });
  });

  it("takes the welcome for the whole truth", () => {
    expect(presenceOf(welcomeRoster(welcomed, [], NOW), bob.user)).toEqual({ availability: "offline" });
  });

  it("goes on showing what it showed of contacts who are not yet back at a settling server", () => {
    const settling = welcomeRoster(welcomed, absent, NOW, 35_000);
    expect(presenceOf(settling, bob.user)).toMatchObject({ availability: "busy" });
    expect(rosterDue(settling)).toBe(NOW + 35_000);
    expect(settleRoster(settling, NOW + 34_999)).toBe(settling);
    expect(presenceOf(settleRoster(settling, NOW + 35_000), bob.user)).toEqual({ availability: "offline" });
  });

  it("shows through two restarts what it showed before the first", () => {
    const again = welcomeRoster(welcomeRoster(welcomed, absent, NOW, 35_000), absent, NOW + 5_000, 35_000);
    expect(presenceOf(again, carol.user)).toMatchObject({ availability: "away" });
  });

  it("believes the server's word over what it kept, also that someone is gone", () => {
    const settling = welcomeRoster(welcomed, absent, NOW, 35_000);
    const gone = changePresence(settling, { user: bob.user, availability: "offline" }, NOW);
    expect(presenceOf(gone, bob.user)).toEqual({ availability: "offline" });
    expect(presenceOf(gone, carol.user)).toMatchObject({ availability: "away" });
  });

  it("is read at a chance instant of a restarted server's settling where it still fits the welcome", () => {
    const settling = welcomeRoster({ ...welcomed, known: true }, absent, NOW, 35_000);
    expect(putOffContacts(settling, NOW, 0.2)?.reading).toEqual({ at: "retry", until: NOW + 7_000 });
    const grown = welcomeRoster(settling, [...absent, { user: alice.user, availability: "offline" }], NOW, 35_000);
    const swapped = welcomeRoster(settling, [absent[0]!, { user: alice.user, availability: "offline" }], NOW, 35_000);
    const unknown = { ...settling, known: false };
    for (const roster of [grown, swapped, unknown, welcomed]) expect(putOffContacts(roster, NOW, 0.2)).toBeUndefined();
  });

  it("is read at once after a restart by whoever looks at it, and in its time by everyone else", () => {
    const settling = { settling: 35_000 };
    expect(online().loses().returns(settling).did).not.toContain("list-contacts");
    expect(online().on({ type: "contacts-shown" }).loses().returns(settling).did).toContain("list-contacts");
  });

  it("keeps presence that overtook an older list [seed 2880]", () => {
    const alice = online().on({ type: "retry-now" }).hears({ type: "contacts.changed" });
    alice.hears({ type: "presence", user: bob.user, availability: "dnd" }, { type: "contacts.changed" });
    expect(alice.lists(contact(carol)).did).toEqual(["list-contacts"]);
    alice.lists(contact(bob), contact(carol));
    expect(presenceOf(alice.signedIn.roster, bob.user)).toMatchObject({ availability: "dnd" });
  });

  it("reads the list once for many changes, and once more for those that came meanwhile", () => {
    const first = wantContacts(welcomed);
    expect(first.read).toBe(1);
    const second = wantContacts(wantContacts(first.roster).roster);
    expect(second.read).toBeUndefined();
    const listed = listContacts(second.roster, 1, [contact(bob)]);
    expect(listed).toMatchObject({ read: 2, roster: { contacts: [contact(bob)], known: true } });
    expect(listContacts(listed.roster, 2, []).read).toBeUndefined();
  });

  it("takes no list that it did not ask for", () => {
    expect(listContacts(welcomed, 0, []).roster).toBe(welcomed);
  });

  it("tries again later where the list could not be read", () => {
    const refused = refuseContacts(wantContacts(welcomed).roster, 1, NOW);
    expect(rosterDue(refused)).toBe(NOW + 15_000);
    expect(wantContacts(refused).read).toBe(2);
    const alice = online().hears({ type: "contacts.changed" }).on({ type: "contacts-refused", reading: 2 });
    expect(alice.after(15_000, { type: "due" }).did).toContain("list-contacts");
  });

  it("reads the list anew after the worker that was reading it died", () => {
    const alice = online().hears({ type: "contacts.changed" }).dies();
    expect(alice.signedIn.roster.reading).toEqual({ at: "no" });
    expect(alice.returns().did).toContain("list-contacts");
  });

  it("keeps only whom it showed as there, and only while they are not back at a settling server", () => {
    const shown = welcomeRoster(welcomed, [{ user: bob.user, availability: "available" }], NOW, 35_000);
    expect(presenceOf(shown, bob.user)).toEqual({ availability: "available" });
    expect(presenceOf(shown, carol.user)).toEqual({ availability: "away" });
    expect(Object.keys(shown.kept)).toEqual([carol.user]);
    const noneShown = welcomeRoster(welcomeRoster(newRoster(), absent, NOW), absent, NOW, 35_000);
    expect(noneShown.kept).toEqual({});
  });

  it("drops what it kept when a server that has settled is welcomed", () => {
    const settling = welcomeRoster(welcomed, absent, NOW, 35_000);
    const settled = welcomeRoster(settling, absent, NOW + 5_000);
    expect(presenceOf(settled, bob.user)).toEqual({ availability: "offline" });
    expect(rosterDue(settled)).toBeUndefined();
  });

  it("believes who is back and leaves again while the server settles", () => {
    const settling = welcomeRoster(welcomed, absent, NOW, 35_000);
    const back = changePresence(settling, { user: bob.user, availability: "available", since: 0 }, NOW + 1_000);
    expect(presenceOf(back, bob.user)).toEqual({ availability: "available", since: NOW + 1_000 });
    const left = changePresence(back, { user: bob.user, availability: "offline" }, NOW + 2_000);
    expect(presenceOf(left, bob.user)).toEqual({ availability: "offline" });
  });

  it("changes nothing by what it did not ask for", () => {
    expect(refuseContacts(welcomed, 0, NOW)).toBe(welcomed);
    expect(settleRoster(welcomed, NOW + 3_600_000)).toBe(welcomed);
    const waiting = refuseContacts(wantContacts(welcomed).roster, 1, NOW);
    expect(refuseContacts(waiting, 1, NOW + 5_000)).toBe(waiting);
    expect(listContacts(waiting, 1, [])).toEqual({ roster: waiting });
    const again = wantContacts(wantContacts(welcomed).roster).roster;
    expect(wantContacts(again).roster).toBe(again);
  });

  it("is due by the first of the next try and the end of the settling, and by neither else", () => {
    expect(rosterDue(welcomed)).toBeUndefined();
    const settling = welcomeRoster(welcomed, absent, NOW, 35_000);
    expect(rosterDue(refuseContacts(wantContacts(settling).roster, 1, NOW))).toBe(NOW + 15_000);
    expect(rosterDue(refuseContacts(wantContacts(settling).roster, 1, NOW + 30_000))).toBe(NOW + 35_000);
  });

  it("takes no presence away by a list, and shows saved contacts before any was read", () => {
    const listed = listContacts(wantContacts(welcomed).roster, 1, []).roster;
    expect(presenceOf(listed, bob.user)).toMatchObject({ availability: "busy" });
    expect(newRoster([contact(bob)])).toMatchObject({ contacts: [contact(bob)], known: true });
    expect(newRoster()).toMatchObject({ contacts: [], known: false });
  });
});

import type { Availability, UserId } from "#protocol";
import { describe, expect, it } from "vitest";
import { fold, groupContacts, isFound } from "../../../extension/components/contact-groups.ts";
import type { ContactView } from "../../../extension/core/view.ts";
import { createText } from "../../../extension/locales/text.ts";

function person(name: string, availability: Availability, state: ContactView["state"] = "accepted"): ContactView {
  return { user: name as UserId, handle: name.toLowerCase().replaceAll(" ", "."), name, state, availability };
}

const PEOPLE = [
  person("Zoë Ågren", "available"),
  person("alice", "offline"),
  person("Bob", "busy"),
  person("Carol", "offline", "incoming"),
  person("Dan", "offline", "outgoing"),
  person("Eve", "offline", "blocked"),
];

function names(favourites: string[], search = ""): Record<string, string[]> {
  const { compare } = createText("en");
  const sorted = PEOPLE.toSorted((one, other) => compare(one.name, other.name));
  const groups = groupContacts(sorted, { favourites: favourites as UserId[], search });
  const named = (contacts: ContactView[]) => contacts.map(({ name }) => name);
  const { incoming, favourites: first, online, offline, outgoing, blocked } = groups;
  return {
    incoming: named(incoming),
    favourites: named(first),
    online: named(online),
    offline: named(offline),
    outgoing: named(outgoing),
    blocked: named(blocked),
  };
}

describe("the groups", () => {
  it("have favourites first, whatever their presence, and everyone once", () => {
    expect(names(["Zoë Ågren", "alice", "Eve", "nobody"])).toEqual({
      incoming: ["Carol"],
      favourites: ["alice", "Zoë Ågren"],
      online: ["Bob"],
      offline: [],
      outgoing: ["Dan"],
      blocked: ["Eve"],
    });
  });

  it("are of contacts alone while one searches", () => {
    expect(names(["alice"], "e")).toEqual({
      incoming: [],
      favourites: ["alice"],
      online: ["Zoë Ågren"],
      offline: [],
      outgoing: [],
      blocked: [],
    });
  });
});

describe("a search", () => {
  it.each<[string, string, boolean]>([
    ["zoe", "Zoë Ågren", true],
    ["AGR", "Zoë Ågren", true],
    ["ＭＯＲＩ", "Chiyo Mori", true],
    ["ﾀﾅｶ", "たなか", true],
    ["たなか", "タナカ", true],
    ["タナカ", "田中（たなか）", true],
    ["か゛", "ガ", true],
    ["chiyo  mori ", "Chiyo Mori", true],
    ["ﬁ", "Fiona", true],
    ["mori", "Chiyo", false],
  ])("%j finds in the name %j: %s", (search, name, found) => {
    expect(isFound({ name, handle: "x.y" }, fold(search))).toBe(found);
  });

  it.each<[string, boolean]>([
    ["bob.t", true],
    ["@bob", true],
    ["@tan", false],
    ["BOB.TAN", true],
    ["rob", false],
  ])("%j finds the handle bob.tanaka: %s", (search, found) => {
    expect(isFound({ name: "田中", handle: "bob.tanaka" }, fold(search))).toBe(found);
  });
});

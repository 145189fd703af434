import { describe, expect, it } from "vitest";
import { outward } from "../../../extension/core/outward.ts";
import { alice, bob, carol, contact, type Device, NOW, online, session } from "./given.ts";

const dora = { user: carol.user, name: "Dora" };
const other = { ...session, user: carol.user, handle: "carol", name: "Carol" };

/** A reading of Alice's list is under way when Carol signs in at the same browser, and reads hers. */
function signedOver(): { device: Device; late: number; hers: number } {
  const device = online().hears({ type: "contacts.changed" });
  const late = device.signedIn.roster.lastReading;
  device.on({ type: "sign-out" }, { type: "signed-in", session: other }).returns();
  return { device, late, hers: device.signedIn.roster.lastReading };
}

describe("readings of the contact list", () => {
  it("are numbered, and no number comes twice over a sign-out or a worker's death", () => {
    const { device, late, hers } = signedOver();
    expect(hers).toBe(late + 1);
    expect(device.effects).toContainEqual({ type: "list-contacts", reading: hers });
    expect(device.dies().returns().effects).toContainEqual({ type: "list-contacts", reading: hers + 1 });
  });

  it("of one account that answer late are not taken and saved as the next one's", () => {
    const { device, late, hers } = signedOver();
    device.on({ type: "contacts-listed", reading: late, contacts: [contact(alice), contact(bob)] });
    expect(device.signedIn.roster).toMatchObject({ known: false, contacts: [] });
    expect(outward(device.state).saved).toEqual({ server: session.server.origin, session: device.signedIn.session });
    device.on({ type: "contacts-listed", reading: hers, contacts: [contact(dora)] });
    expect(outward(device.state).saved?.contacts).toEqual([contact(dora)]);
  });

  it("of one account that fail late do not put off the next one's", () => {
    const { device, late, hers } = signedOver();
    device.on({ type: "contacts-refused", reading: late });
    expect(device.signedIn.roster.reading).toMatchObject({ at: "reading", number: hers });
    device.on({ type: "contacts-refused", reading: hers });
    expect(device.signedIn.roster.reading).toEqual({ at: "retry", until: NOW + 15_000 });
  });
});

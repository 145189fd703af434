import { join } from "node:path";
import type { Choice } from "#protocol";
import { account, befriend, signUp, type SignedUp } from "../tests/support/accounts.ts";
import { Backend } from "../tests/support/backend.ts";
import { Belongings } from "../tests/support/belongings.ts";
import { Person } from "../tests/support/people.ts";
import { PresenceClient } from "../tests/support/presence-client.ts";
import { untilMediaAdvances } from "../tests/support/page-watch.ts";
import { POPUP_SIZE, takePicture } from "./picture.ts";
import { ROOT } from "./setup/command.ts";

const PICTURES = join(ROOT, "docs", "pictures");

/** Alice's friends besides Bob, and what each chose; who chose nothing is not there. */
const FRIENDS: readonly { name: string; availability?: Choice; text?: string }[] = [
  { name: "Chiyo Mori", availability: "available", text: "Writing the proposal" },
  { name: "Daniel Ruiz", availability: "away" },
  { name: "Gwen Abbott", availability: "dnd", text: "In the lab" },
  { name: "Emi Sato" },
  { name: "Farid Haddad" },
];

/** Takes the pictures of the README from the product itself: a real server, real browsers, a call that runs. */
export async function pictures(signal: AbortSignal): Promise<number> {
  const open = new Belongings();
  const closeNow = () => void open.close();
  signal.addEventListener("abort", closeNow, { once: true });
  try {
    const backend = await Backend.start({ signal });
    open.add(() => backend.close());
    const { alice, bob } = await arrive(backend.url, open);
    await takeAll(alice, bob);
  } finally {
    signal.removeEventListener("abort", closeNow);
    await open.close();
  }
  return 0;
}

async function arrive(server: string, open: Belongings): Promise<{ alice: Person; bob: Person }> {
  const alice = await signUp(server, account("Alice Okada"));
  const bob = await signUp(server, account("Bob Tanaka"));
  await befriend(server, alice, bob);
  for (const friend of FRIENDS) {
    const person = await signUp(server, account(friend.name));
    await befriend(server, alice, person);
    await turnUp(server, person, friend, open);
  }
  const people = await Promise.all([alice, bob].map((person) => Person.arrive(person, open)));
  for (const person of people) {
    await person.signIn(server);
    await person.popup.setViewportSize(POPUP_SIZE);
  }
  const [aliceHere, bobHere] = people;
  if (aliceHere === undefined || bobHere === undefined) throw new Error("somebody did not arrive");
  return { alice: aliceHere, bob: bobHere };
}

async function turnUp(
  server: string,
  { token }: SignedUp,
  { availability, text }: (typeof FRIENDS)[number],
  open: Belongings,
): Promise<void> {
  if (availability === undefined) return;
  const client = await PresenceClient.online(server, { token });
  open.add(async () => {
    client.socket.close();
    await client.closed;
  });
  await client.request({ type: "presence.set", availability, ...(text === undefined ? {} : { text }) });
}

async function takeAll(alice: Person, bob: Person): Promise<void> {
  await alice.contact(bob, "available").waitFor();
  await alice.contact(account("Gwen Abbott"), "dnd").waitFor();
  await takePicture(alice.popup, PICTURES, "popup");
  await alice.popup.emulateMedia({ colorScheme: "dark" });
  await takePicture(alice.popup, PICTURES, "popup-dark");
  await alice.call(bob);
  await bob.card.waitFor();
  await takePicture(bob.popup, PICTURES, "ringing");
  await bob.accept();
  const [aliceCall, bobCall] = await Promise.all([alice.browser.callPage(), bob.browser.callPage()]);
  await Promise.all([untilMediaAdvances(aliceCall), untilMediaAdvances(bobCall)]);
  await takePicture(aliceCall, PICTURES, "call");
  await alice.hangUp(aliceCall);
}

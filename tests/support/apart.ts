import { findChromium } from "../../scripts/setup/browsers.ts";
import { Backend } from "./backend.ts";
import type { Belongings } from "./belongings.ts";
import { NetworkNamespace } from "./network-namespace.ts";
import { friends, Person } from "./people.ts";
import { TlsFront } from "./tls-front.ts";

/** A server that is reached from this machine and, by TLS, from a network of its own, in which a Chromium can be started. */
export async function serveApart(open: Belongings) {
  const network = await NetworkNamespace.make();
  open.add(() => network.remove());
  const front = await TlsFront.start(network.host);
  open.add(() => front.close());
  const backend = await Backend.start({ env: { PUBLIC_URL: front.url } });
  open.add(() => backend.close());
  front.leadTo(backend.port);
  const here = `http://127.0.0.1:${String(backend.port)}`;
  return { network, url: front.url, here, program: await network.within(findChromium()!) };
}

type Arrival = Parameters<typeof Person.arrive>[2];

/** Two friends who see each other, the one named `far` in a network of their own, which is `network`. */
export async function aliceAndBobApart(open: Belongings, far: "alice" | "bob", arrival: Arrival = {}) {
  const { network, url, here, program } = await serveApart(open);
  const [aliceAccount, bobAccount] = await friends(here);
  const arrivalOf = (who: typeof far): Arrival => ({
    ...arrival,
    trustsAnyone: true,
    ...(who === far ? { program } : {}),
  });
  const [alice, bob] = await Promise.all([
    Person.arrive(aliceAccount, open, arrivalOf("alice")),
    Person.arrive(bobAccount, open, arrivalOf("bob")),
  ]);
  await Promise.all([alice.signIn(url), bob.signIn(url)]);
  await Promise.all([alice.contact(bob, "available").waitFor(), bob.contact(alice, "available").waitFor()]);
  return { network, alice, bob };
}

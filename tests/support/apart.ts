import { findChromium } from "../../scripts/setup/browsers.ts";
import { Backend } from "./backend.ts";
import type { Belongings } from "./belongings.ts";
import { NetworkNamespace } from "./network-namespace.ts";
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

import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { OIDC_START_PATH } from "#protocol";
import express from "express";
import { afterEach, expect, it } from "vitest";
import { createLogger } from "../../server/logger.ts";
import { Oidc } from "../../server/oidc/oidc.ts";

const CHROME = "abcdefghijklmnopabcdefghijklmnop";
const AT_CHROME = `https://${CHROME}.chromiumapp.org/`;
/** Of the id below, as Firefox says it by `identity.getRedirectURL()`. */
const AT_FIREFOX = "https://47cf3a778a35563bfb839b79fe03d6fc98b8e072.extensions.allizom.org/";
const FIREFOX = "beckon@beckon.extension";
const OTHERS = [
  `https://${CHROME.replace("a", "b")}.chromiumapp.org/`,
  `https://${CHROME}.extensions.allizom.org/`,
  AT_FIREFOX.replace("//4", "//0"),
];

let server: Server;

afterEach(() => new Promise((resolve) => server.close(resolve)));

/** What each of these addresses is answered, by a server whose provider is away. */
async function answers(extensionIds: string[], redirects: string[]): Promise<unknown[]> {
  const settings = {
    issuer: "http://127.0.0.1:1",
    clientId: "beckon",
    clientSecret: undefined,
    extensionIds,
    prompt: undefined,
  };
  const oidc = new Oidc({ settings, publicUrl: () => "", log: createLogger("silent"), now: () => performance.now() });
  server = createServer(express().use(oidc.router()));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // Listening at a port of TCP.
  const { port } = server.address() as AddressInfo;
  return Promise.all(
    redirects.map(async (redirect) => {
      const query = new URLSearchParams({ redirect, challenge: "x".repeat(43) });
      const url = `http://127.0.0.1:${String(port)}${OIDC_START_PATH}?${query.toString()}`;
      const answer = await fetch(url, { redirect: "manual" });
      return [answer.status, answer.headers.get("location")];
    }),
  );
}

const served = (redirect: string) => [302, `${redirect}?error=unavailable`];

it("the way through a provider is for the extensions that the operator names, and for no other", async () => {
  expect(await answers([CHROME, FIREFOX], [AT_CHROME, AT_FIREFOX, ...OTHERS])).toEqual([
    served(AT_CHROME),
    served(AT_FIREFOX),
    ...OTHERS.map(() => [403, null]),
  ]);
});

it("the way through a provider is for any extension where the operator names none", async () => {
  expect(await answers([], [AT_CHROME, AT_FIREFOX, ...OTHERS])).toEqual([AT_CHROME, AT_FIREFOX, ...OTHERS].map(served));
});

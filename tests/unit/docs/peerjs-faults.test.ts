import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const TESTS = fileURLToPath(new URL("../../", import.meta.url));

/** What PeerJS and PeerServer are known to do badly, and the test that shows that a call does not suffer from it. */
const FAULTS: [fault: string, file: string, title: string][] = [
  ["PeerJS never notices that a call is dead", "e2e/network-talk.long", "heals by itself after 20 s without $what"],
  ["restartIce() does nothing", "e2e/rejoin.long", "both restart ICE in the same instant"],
  ["a repeated offer closes the call", "e2e/call-tab", "camera and microphone are switched off and on"],
  ["its close event may never come", "e2e/nothing-stays.long", "Bob's tab is closed and does not come back"],
  [
    "stream is told once for each track",
    "e2e/peerjs-faults",
    "is taken once, though it is told for each of its tracks",
  ],
  ["its defaults reach for others' servers", "e2e/peerjs-faults", "nobody else's servers are asked"],
  ["secure is false in an extension's page", "e2e/peerjs-faults", "reach PeerServer by wss:"],
  ["an unknown peer is told late, and of no call", "unit/extension/link-peer-server", "lost before the two sides met"],
  [
    "the same id is refused while its old socket lingers",
    "unit/extension/link-peer-server",
    "has a fresh ticket asked for",
  ],
  ["reconnect() is fragile", "e2e/faults.long", "the server is killed and started again while a call runs"],
  [
    "whoever offers a data connection is answered",
    "e2e/shell",
    "a data connection that the other side offers is not taken",
  ],
  ["one frame can end PeerServer", "server/media", "are not delivered, whoever they claim to be from"],
  ["anybody may take an id that is free", "server/media", "is refused in every forged form with 401"],
  ["frames to nobody wait in PeerServer's memory", "server/media", "leave nothing in memory"],
  ["PeerServer's timers never end", "server/media", "leaves no timer of PeerServer behind"],
];

it.each(FAULTS)("a call does not suffer from this: %s", (_fault, file, title) => {
  expect(readFileSync(join(TESTS, `${file}.test.ts`), "utf8")).toContain(title);
});

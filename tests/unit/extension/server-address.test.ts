import { describe, expect, test } from "vitest";
import { isSafeUrl, readServerAddress } from "../../../extension/shell/server-address.ts";

describe("a server's address as it is typed", () => {
  test.each([
    ["beckon.example.org", "https://beckon.example.org"],
    ["  https://beckon.example.org/ ", "https://beckon.example.org"],
    ["beckon.example.org:8443", "https://beckon.example.org:8443"],
    ["HTTPS://Beckon.Example.org/any/page?x#y", "https://beckon.example.org"],
    ["localhost:8787", "http://localhost:8787"],
    ["http://127.0.0.1:8787", "http://127.0.0.1:8787"],
    ["[::1]:8787", "http://[::1]:8787"],
    ["http://beckon.localhost", "http://beckon.localhost"],
    ["https://localhost:8787", "https://localhost:8787"],
  ])("%s is %s", (typed, origin) => {
    expect(readServerAddress(typed)).toEqual({ ok: true, origin });
  });

  test.each([
    ["http://beckon.example.org", "server-insecure"],
    ["http://192.168.1.5:8787", "server-insecure"],
    ["http://localhost.example.org", "server-insecure"],
    ["http://127.0.0.1.example.org", "server-insecure"],
    ["https://alice:secret@beckon.example.org", "server-address"],
    ["alice@beckon.example.org", "server-address"],
    ["ftp://beckon.example.org", "server-address"],
    ["javascript://alert(1)", "server-address"],
    ["not an address", "server-address"],
    ["https://", "server-address"],
    ["", "server-address"],
  ])("%s is refused as %s", (typed, problem) => {
    expect(readServerAddress(typed)).toEqual({ ok: false, problem });
  });
});

describe("what a server says of itself", () => {
  test.each([
    ["https://beckon.example.org/parse", "http", true],
    ["wss://beckon.example.org/presence", "ws", true],
    ["ws://localhost:8787/presence", "ws", true],
    ["ws://beckon.example.org/presence", "ws", false],
    ["http://beckon.example.org/parse", "http", false],
    ["https://beckon.example.org/presence", "ws", false],
    ["https://alice:secret@beckon.example.org/parse", "http", false],
    ["file:///etc/passwd", "http", false],
    ["nonsense", "http", false],
  ] as const)("%s over %s is safe: %s", (url, scheme, safe) => {
    expect(isSafeUrl(url, scheme)).toBe(safe);
  });
});

import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { PEER_KEY, PEER_PATH, TURN_CREDENTIAL_MS } from "#protocol";
import { TICKET_MS, TURN_TRIAL_MS } from "../../server/limits.ts";
import { iceServers, iceServersToTry } from "../../server/media/ice.ts";
import { createTickets } from "../../server/media/tickets.ts";

const NOW = 1_760_000_000_000;
const tickets = createTickets({ secret: "a secret of the server", iceServers: () => [] });

function ends() {
  return { self: tickets.newPeerId(), remote: tickets.newPeerId() };
}

describe("tickets", () => {
  it("carries what PeerJS needs, and is good for its own id and other side", () => {
    const pair = ends();
    const ticket = tickets.issue(pair, NOW);
    expect(ticket).toEqual({
      peer: { path: PEER_PATH, key: PEER_KEY },
      ...pair,
      token: ticket.token,
      iceServers: [],
      expires: TICKET_MS,
    });
    // PeerJS puts the token into a URL without escaping it, and takes ids of this form alone.
    expect(ticket.token).toMatch(/^[A-Za-z0-9._-]+$/);
    expect(ticket.self).toMatch(/^[0-9a-f]{32}$/);
    expect(tickets.verify(pair.self, ticket.token, NOW)).toEqual({ ok: true, remote: pair.remote });
    expect(tickets.verify(pair.self, ticket.token, NOW + TICKET_MS - 1).ok).toBe(true);
  });

  it("[DEC-56] says how long its relay takes its credentials, where there is one", () => {
    const relayed = createTickets({ secret: "a secret of the server", iceServers: () => [], iceMs: 60_000 });
    expect(relayed.issue(ends(), NOW).iceExpires).toBe(60_000);
  });

  it("makes ids that do not repeat", () => {
    expect(new Set(Array.from({ length: 1000 }, () => tickets.newPeerId())).size).toBe(1000);
  });

  it("outlives a restart, since the secret does", () => {
    const pair = ends();
    const restarted = createTickets({ secret: "a secret of the server", iceServers: () => [] });
    expect(restarted.verify(pair.self, tickets.issue(pair, NOW).token, NOW).ok).toBe(true);
  });

  it("refuses every token that it did not issue for this id and time", () => {
    const pair = ends();
    const other = ends();
    const { token } = tickets.issue(pair, NOW);
    const [expiry = "", remote = "", signature = ""] = token.split(".");
    const foreign = createTickets({ secret: "another secret", iceServers: () => [] });
    const forged: [what: string, id: string, token: string, now: number][] = [
      ["expired", pair.self, token, NOW + TICKET_MS],
      ["of another id", other.self, token, NOW],
      ["of the other side", pair.remote, token, NOW],
      ["of another server", pair.self, foreign.issue(pair, NOW).token, NOW],
      ["with a later expiry", pair.self, `${Number(expiry) + 1}.${remote}.${signature}`, NOW],
      ["with another remote", pair.self, `${expiry}.${other.self}.${signature}`, NOW],
      ["with parts moved", pair.self, `${expiry}${remote.slice(0, 1)}.${remote.slice(1)}.${signature}`, NOW],
      ["with a bit of the signature turned", pair.self, token.slice(0, -1) + (token.endsWith("A") ? "E" : "A"), NOW],
      ["without signature", pair.self, `${expiry}.${remote}.`, NOW],
      ["cut short", pair.self, token.slice(0, -5), NOW],
      ["with more behind", pair.self, `${token}.x`, NOW],
      ["empty", pair.self, "", NOW],
      ["of a prototype's name", "__proto__", token, NOW],
      ["very long", pair.self, "9".repeat(100_000), NOW],
    ];
    const taken = forged.filter(([, id, text, now]) => tickets.verify(id, text, now).ok).map(([what]) => what);
    expect(taken).toEqual([]);
  });

  it("refuses a void id for as long as a ticket of it could live, and remembers it no longer", () => {
    const pair = ends();
    const { token } = tickets.issue(pair, NOW);
    tickets.void(pair.self, NOW + 10);
    expect(tickets.verify(pair.self, token, NOW + 20)).toEqual({
      ok: false,
      problem: "The ticket is void; ask for a fresh one with call.rejoin.",
    });
    tickets.void(tickets.newPeerId(), NOW + 10 + TICKET_MS);
    const later = tickets.issue(pair, NOW + 10 + TICKET_MS);
    expect(tickets.verify(pair.self, later.token, NOW + 10 + TICKET_MS).ok).toBe(true);
  });
});

describe("ICE servers", () => {
  const turnUrls = ["turn:turn.example.org:3478"];

  it("are none where the operator named none, so that nobody else's are used", () => {
    expect(iceServers({ stunUrls: [], turnUrls: [] }, "peer", NOW)).toEqual([]);
  });

  it("carry credentials as coturn's use-auth-secret checks them, for 12 hours", () => {
    const servers = iceServers({ stunUrls: ["stun:stun.example.org"], turnUrls, turnSecret: "shared" }, "peer", NOW);
    const username = `${(NOW + TURN_CREDENTIAL_MS) / 1000}:peer`;
    const credential = createHmac("sha1", "shared").update(username).digest("base64");
    expect(servers).toEqual([{ urls: ["stun:stun.example.org"] }, { urls: turnUrls, username, credential }]);
  });

  it("can be tried out for five minutes, in nobody's name", () => {
    const options = { stunUrls: [], turnUrls, turnSecret: "shared" };
    const [server] = iceServersToTry(options, NOW);
    const [until, name] = server?.username?.split(":") ?? [];
    expect(Number(until)).toBe((NOW + TURN_TRIAL_MS) / 1000);
    expect(name).not.toBe(iceServersToTry(options, NOW)[0]?.username?.split(":")[1]);
  });

  it("name no relay without its secret", () => {
    expect(iceServers({ stunUrls: [], turnUrls }, "peer", NOW)).toEqual([]);
  });
});

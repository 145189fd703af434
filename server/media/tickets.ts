import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { PEER_KEY, PEER_PATH, type IceServer, type PeerEnds, type PeerId, type Ticket } from "#protocol";

import { TICKET_MS } from "../limits.ts";

/** Why a ticket is refused, in one sentence. */
export type TicketCheck = { ok: true; remote: PeerId } | { ok: false; problem: string };

/** Short-lived passes to PeerServer: whoever holds one may be `self`, and speak with `remote` alone. */
export interface Tickets {
  /** An id that nobody can guess. PeerJS takes neither a leading nor a doubled `-` or `_`, so it is plain hexadecimal. */
  newPeerId(): PeerId;
  issue(ends: PeerEnds, now: number): Ticket;
  /** Checks a token against the id that it is shown with. Never throws. */
  verify(id: string, token: string, now: number): TicketCheck;
  /** From now on every ticket of this id is refused. */
  void(peer: PeerId, now: number): void;
}

export interface TicketOptions {
  /** Kept with the data, so that a ticket outlives a restart of the server. */
  secret: string;
  iceServers: (name: string, now: number) => IceServer[];
  /** How long the relay takes what `iceServers` gives; undefined without a relay. */
  iceMs?: number | undefined;
}

const TOKEN = /^([0-9]{1,15})\.([A-Za-z0-9_-]{1,64})\.([A-Za-z0-9_-]{43})$/;

/** Tickets signed with HMAC-SHA256, which need no memory but of those that were made void. */
export function createTickets({ secret, iceServers, iceMs }: TicketOptions): Tickets {
  const voided = new Map<string, number>();

  const sign = (id: string, remote: string, expires: number): Buffer =>
    createHmac("sha256", secret)
      .update(`beckon ticket 1\n${id}\n${remote}\n${String(expires)}`)
      .digest();

  return {
    // The only place that makes them; 128 random bits.
    newPeerId: () => randomBytes(16).toString("hex") as PeerId,

    issue({ self, remote }, now) {
      const expires = now + TICKET_MS;
      return {
        peer: { path: PEER_PATH, key: PEER_KEY },
        self,
        // PeerJS puts the token into its URL as it is: only characters that need no escaping.
        token: `${String(expires)}.${remote}.${sign(self, remote, expires).toString("base64url")}`,
        remote,
        iceServers: iceServers(self, now),
        expires: TICKET_MS,
        ...(iceMs === undefined ? {} : { iceExpires: iceMs }),
      };
    },

    verify(id, token, now) {
      const [, expiry, remote, signature] = TOKEN.exec(token) ?? [];
      if (expiry === undefined || remote === undefined || signature === undefined) return refused("is not one of ours");
      const expires = Number(expiry);
      const given = Buffer.from(signature, "base64url");
      const due = sign(id, remote, expires);
      if (given.length !== due.length || !timingSafeEqual(given, due)) return refused("does not fit the id");
      if (expires <= now) return refused("has expired");
      if ((voided.get(id) ?? 0) > now) return refused("is void");
      // Signed by us, and we sign only what was a PeerId.
      return { ok: true, remote: remote as PeerId };
    },

    void(peer, now) {
      // Each is remembered for as long as a ticket lives, so the oldest stand first.
      for (const [id, until] of voided) {
        if (until > now) break;
        voided.delete(id);
      }
      voided.delete(peer);
      voided.set(peer, now + TICKET_MS);
    },
  };
}

function refused(what: string): TicketCheck {
  return { ok: false, problem: `The ticket ${what}; ask for a fresh one with call.rejoin.` };
}

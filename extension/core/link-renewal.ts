import type { IceServer, Ticket } from "#protocol";
import { restartAnew } from "./link-recovery.ts";
import type { LinkEffect, LinkState } from "./link-types.ts";
import { type Step, step } from "./machine.ts";

type LinkStep = Step<LinkState, LinkEffect>;

/** So much of the credentials' life is used before others are asked for. */
const RENEW_AFTER_SHARE = 0.75;
/** The question or its answer may have been lost. */
const ASK_AGAIN_MS = 30_000;

/** The relay takes a ticket's credentials for a while, and a talk may last longer. [DEC-56] */
export function withRenewal(state: LinkState, { iceExpires }: Ticket, at: number): LinkState {
  const next = { ...state };
  delete next.renewAt;
  return iceExpires === undefined ? next : { ...next, renewAt: at + Math.round(iceExpires * RENEW_AFTER_SHARE) };
}

/** Asks for other credentials, where it is time for it. */
export function renewalDue(state: LinkState, at: number): LinkStep | undefined {
  if (state.renewAt === undefined || at < state.renewAt) return undefined;
  const next = { ...state, renewAt: at + ASK_AGAIN_MS };
  return step<LinkState, LinkEffect>(next, { type: "tell", what: "ice-wanted" });
}

/** Whether the ticket stands for the same ends, with other credentials for the relay. */
export function isRenewed(ticket: Ticket | undefined, known: Ticket): ticket is Ticket {
  return ticket?.self === known.self && credentialsOf(ticket) !== credentialsOf(known);
}

/**
 * A relay may end what was begun with credentials that have run out, so ICE is restarted with the new ones while the media
 * still goes by the old. [DEC-56]
 */
export function renewed(state: LinkState, ticket: Ticket, at: number): LinkStep {
  const next = withRenewal(state, ticket, at);
  return step<LinkState, LinkEffect>(next, { type: "use-ice", iceServers: ticket.iceServers }, restartAnew(next));
}

function credentialsOf({ iceServers }: { iceServers: readonly IceServer[] }): string {
  return iceServers.map(({ username = "", credential = "" }) => `${username} ${credential}`).join("\n");
}

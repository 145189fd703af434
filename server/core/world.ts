import type { ErrorCode, PeerEnds, PeerId, ServerMessage, UserId } from "#protocol";
import type { Call, Calls } from "./calls.ts";
import type { Deadlines } from "./deadlines.ts";
import type { ConnectionId, RefereeEffect, Spans, TicketedMessage } from "./events.ts";
import type { RingLimits } from "./ring-limits.ts";
import type { Users } from "./users.ts";

/** The whole state of the referee. */
export interface World {
  spans: Spans;
  /** When the server started, as an instant in ms. */
  startedAt: number;
  newPeerId: () => PeerId;
  users: Users;
  calls: Calls;
  limits: RingLimits;
  deadlines: Deadlines;
}

/** One request of a client: where the answer goes, and the number it carries. */
export interface Request {
  connection: ConnectionId;
  re: number | undefined;
}

/** One event being decided: its instant, the effects so far, whose presence may have changed by it, and which calls. */
export class Turn {
  readonly at: number;
  readonly effects: RefereeEffect[] = [];
  readonly touched = new Set<UserId>();
  readonly changed = new Set<Call>();

  constructor(at: number) {
    this.at = at;
  }

  emit(effect: RefereeEffect): void {
    this.effects.push(effect);
  }

  send(to: ConnectionId[], message: ServerMessage): void {
    if (to.length > 0) this.effects.push({ type: "send", to, message });
  }

  sendTicketed(to: ConnectionId, message: TicketedMessage, ends: PeerEnds): void {
    this.effects.push({ type: "send-ticketed", to, message, ends });
  }

  ok({ connection, re }: Request): void {
    this.send([connection], { type: "ok", ...numbered(re) });
  }

  /** `message` says in one sentence what was wrong and what to do. */
  refuse({ connection, re }: Request, code: ErrorCode, message: string, retryAfter?: number): void {
    this.send([connection], {
      type: "error",
      ...numbered(re),
      code,
      message,
      ...(retryAfter === undefined ? {} : { retryAfter }),
    });
  }

  /** The same for a call that never was and for somebody else's. [CALL-10] */
  refuseUnknownCall(request: Request): void {
    this.refuse(request, "not_found", "There is no such call of yours; take the calls from the latest welcome.");
  }
}

/** The answer's number, where the request had one. */
export function numbered(re: number | undefined): { re?: number } {
  return re === undefined ? {} : { re };
}

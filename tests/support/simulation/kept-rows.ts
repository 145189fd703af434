import type { CallId, UserId } from "#protocol";
import type { EndedCall, KeptCall, KeptCalls, KeptPast } from "../../../server/core/events.ts";

type Row = { isOver: false; call: KeptCall } | { isOver: true; call: EndedCall };

/** The rows of calls, as the database keeps them: what is over stays so, and what was answered does not ring again. */
export class KeptRows {
  readonly #rows = new Map<CallId, Row>();

  save(call: KeptCall): void {
    const known = this.#rows.get(call.call);
    const isCorrected = call.corrects === true && !isAnswered(known);
    const isLate = known?.isOver === true || (isAnswered(known) && call.phase.at === "ringing");
    if (isCorrected || !isLate) this.#rows.set(call.call, { isOver: false, call: structuredClone(call) });
  }

  /** Whether this is the call's record from now on; a second one is none. */
  end(call: EndedCall): boolean {
    const known = this.#rows.get(call.call);
    const isCorrected = call.corrects === true && !isAnswered(known);
    if (known?.isOver === true && !isCorrected) return false;
    this.#rows.set(call.call, { isOver: true, call: structuredClone(call) });
    return true;
  }

  get open(): KeptCall[] {
    return [...this.#rows.values()].flatMap((row) => (row.isOver ? [] : [row.call]));
  }

  get records(): EndedCall[] {
    return [...this.#rows.values()].flatMap((row) => (row.isOver ? [row.call] : []));
  }

  record(id: CallId): EndedCall | undefined {
    const row = this.#rows.get(id);
    return row?.isOver === true ? row.call : undefined;
  }

  /** As a server reads them at its start. */
  read(blocks: (by: UserId, user: UserId) => boolean = () => false): KeptCalls {
    const pairs = this.open.map(({ callee, caller }) => ({ by: callee.user, user: caller.user }));
    return {
      open: structuredClone(this.open),
      past: this.records.map(pastOf),
      blocks: pairs.filter(({ by, user }) => blocks(by, user)),
    };
  }
}

function isAnswered(row: Row | undefined): boolean {
  if (row === undefined) return false;
  return row.isOver ? row.call.acceptedAt !== undefined : row.call.phase.at === "running";
}

function pastOf({ call, caller, callee, reason, acceptedAt, device, merged, adopted }: EndedCall): KeptPast {
  return {
    call,
    merged: merged ?? [],
    caller,
    callee,
    reason,
    answered: acceptedAt !== undefined,
    adopted: adopted ?? false,
    ...(device === undefined ? {} : { device }),
  };
}

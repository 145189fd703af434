import type { Accounts } from "../accounts/accounts.ts";
import type { ChosenPresence, EndedCall, KeptCall } from "../core/events.ts";
import type { Clock } from "./clock.ts";

/** The accounts as the gateway asks them: in the server's time, while what they keep is told by the machine's clock. */
export function inServerTime(accounts: Accounts, { toWall, fromWall }: Clock): Accounts {
  return {
    ...accounts,
    identify: async (token, device) => {
      const check = await accounts.identify(token, device);
      if (!check.ok) return check;
      return { ok: true, identity: { ...check.identity, chosen: shifted(check.identity.chosen, fromWall) } };
    },
    saveChoice: (user, chosen) => accounts.saveChoice(user, shifted(chosen, toWall)),
    saveCall: (call) => accounts.saveCall(shiftedCall(call, toWall)),
    recordCall: (ended) => accounts.recordCall(asKept(ended, toWall)),
    keptCalls: async () => {
      const { open, ...kept } = await accounts.keptCalls();
      return { ...kept, open: open.map((call) => shiftedCall(call, fromWall)) };
    },
  };
}

function shiftedCall(call: KeptCall, shift: (at: number) => number): KeptCall {
  // One shift for all instants, so that the call is as long as it was.
  const by = shift(call.startedAt) - call.startedAt;
  const { phase } = call;
  const rejoinedAt = phase.at === "running" && phase.rejoinedAt !== undefined ? phase.rejoinedAt + by : undefined;
  return {
    ...call,
    startedAt: call.startedAt + by,
    phase:
      phase.at === "ringing"
        ? { ...phase, until: phase.until + by }
        : { at: "running", since: phase.since + by, ...(rejoinedAt === undefined ? {} : { rejoinedAt }) },
  };
}

function shifted(chosen: ChosenPresence, shift: (at: number) => number): ChosenPresence {
  return chosen.until === undefined ? chosen : { ...chosen, until: shift(chosen.until) };
}

function asKept(ended: EndedCall, toWall: Clock["toWall"]): EndedCall {
  // One shift for all three, so that the call is as long as it was.
  const by = toWall(ended.endedAt) - ended.endedAt;
  return {
    ...ended,
    startedAt: ended.startedAt + by,
    endedAt: ended.endedAt + by,
    ...(ended.acceptedAt === undefined ? {} : { acceptedAt: ended.acceptedAt + by }),
  };
}

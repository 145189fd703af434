import type { FunctionName } from "#protocol";
import type { AccountLimits, FunctionLimit, Limit } from "../../server/accounts/rate-limits.ts";

/** The same limits, `factor` times as generous. */
export function loosened(limits: AccountLimits, factor: number): AccountLimits {
  const looser = (limit: Limit): Limit => ({ ...limit, times: limit.times * factor });
  const loosenedFunction = ({ perAddress, perUser }: FunctionLimit): FunctionLimit => ({
    perAddress: looser(perAddress),
    ...(perUser && { perUser: looser(perUser) }),
  });
  const { login, handles } = limits;
  const functions = { ...limits.functions };
  for (const name of Object.keys(functions) as FunctionName[]) functions[name] = loosenedFunction(functions[name]);
  return {
    functions,
    login: {
      perAddress: looser(login.perAddress),
      perAccountAndAddress: looser(login.perAccountAndAddress),
      perAccount: looser(login.perAccount),
      delayMs: login.delayMs,
    },
    handles: {
      changesPerUser: looser(handles.changesPerUser),
      triesPerUser: looser(handles.triesPerUser),
      triesPerAddress: looser(handles.triesPerAddress),
    },
    mailPerRecipient: looser(limits.mailPerRecipient),
    pagesPerAddress: looser(limits.pagesPerAddress),
  };
}

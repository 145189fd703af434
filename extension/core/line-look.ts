import type { Arriving, LineCounters, Sent } from "./quality-types.ts";

/** What happened between two looks at a connection. Shares from 0 to 1; what cannot be told is missing. */
export interface LineLook {
  lostArriving?: number | undefined;
  /** As the other side reported of what was being sent; of what little there is of a picture a report says little. */
  lostSent?: number | undefined;
  /** The share of the sound that was made up for what did not come in time. */
  gaps?: number | undefined;
  /** Not one packet of sound came, which flows also where nobody speaks. */
  isStalled: boolean;
}

export function lookBetween(before: LineCounters, now: LineCounters): LineLook {
  const kinds = ["sound", "picture"] as const;
  const came = kinds.map((kind) => cameBetween(before.arriving[kind], now.arriving[kind]));
  const [packets, lost] = [sum(came.map((one) => one.packets)), sum(came.map((one) => one.lost))];
  const reports = kinds.flatMap((kind) => reportOf(before.sent[kind], now.sent[kind]));
  const sent = sum(reports.map((one) => one.packets));
  return {
    lostArriving: packets + lost > 0 ? lost / (packets + lost) : undefined,
    lostSent: sent > 0 ? sum(reports.map((one) => one.packets * one.share)) / sent : undefined,
    gaps: gapsBetween(before.arriving.sound, now.arriving.sound),
    isStalled: before.arriving.sound !== undefined && came[0]?.packets === 0,
  };
}

/** Nothing is counted of what was not there before; packets that came twice can make the lost fewer. */
function cameBetween(before: Arriving | undefined, now: Arriving | undefined): { packets: number; lost: number } {
  if (before === undefined || now === undefined) return { packets: 0, lost: 0 };
  return { packets: Math.max(0, now.packets - before.packets), lost: Math.max(0, now.lost - before.lost) };
}

/** A report on a kind that is not sent any more is an old one. */
function reportOf(before: Sent | undefined, now: Sent | undefined): { packets: number; share: number }[] {
  if (before === undefined || now?.lost === undefined || now.packets <= before.packets) return [];
  return [{ packets: now.packets - before.packets, share: now.lost }];
}

function gapsBetween(before: Arriving | undefined, now: Arriving | undefined): number | undefined {
  if (before?.samples === undefined || now?.samples === undefined) return undefined;
  const samples = now.samples - before.samples;
  return samples > 0 ? Math.max(0, (now.concealed ?? 0) - (before.concealed ?? 0)) / samples : undefined;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}

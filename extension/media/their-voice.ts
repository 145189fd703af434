import { loudnessOf } from "./level.ts";

/** How loud the other side is at the moment, from 0 to 1, by what their browser says with each packet of its sound. */
export function loudnessOfTheirs(pc: RTCPeerConnection): number {
  const sources = pc
    .getReceivers()
    .filter(({ track }) => track.kind === "audio")
    .flatMap((receiver) => receiver.getSynchronizationSources());
  const amplitude = Math.max(0, ...sources.map(({ audioLevel }) => audioLevel ?? 0));
  return loudnessOf(amplitude ** 2);
}

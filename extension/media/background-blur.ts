import * as v from "valibot";

/** Of a track's capabilities and settings the one that the platform's types do not know yet. */
const Capabilities = v.object({ backgroundBlur: v.array(v.boolean()) });
const Settings = v.object({ backgroundBlur: v.boolean() });

/** Whether this camera's platform blurs what is behind a person; undefined where it cannot be told to. */
export function blurOf(track: MediaStreamTrack): boolean | undefined {
  const can = v.safeParse(Capabilities, track.getCapabilities());
  const isChoice = can.success && can.output.backgroundBlur.includes(true) && can.output.backgroundBlur.includes(false);
  if (!isChoice) return undefined;
  const is = v.safeParse(Settings, track.getSettings());
  return is.success && is.output.backgroundBlur;
}

/** Never rejects: where it cannot be had the picture stays as it is, and so does what {@link blurOf} says. */
export async function setBlur(track: MediaStreamTrack, on: boolean): Promise<void> {
  if (blurOf(track) === undefined || blurOf(track) === on) return;
  // What else was asked of the track is dropped by what does not repeat it.
  const wanted: MediaTrackConstraints & { backgroundBlur: boolean } = { ...track.getConstraints(), backgroundBlur: on };
  await track.applyConstraints(wanted).catch(() => undefined);
}

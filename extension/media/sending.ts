import type { PictureStep } from "../core/picture-steps.ts";

type Wanted = Partial<RTCRtpEncodingParameters>;

/** Each step's share of the camera's own size, and how much it may send at most. */
const PICTURES: Record<PictureStep, Wanted> = {
  full: { active: true, scaleResolutionDownBy: 1 },
  smaller: { active: true, scaleResolutionDownBy: 2, maxBitrate: 400_000 },
  smallest: { active: true, scaleResolutionDownBy: 4, maxBitrate: 130_000 },
  paused: { active: false },
};
/**
 * Until it is connected: of a line that they know nothing of browsers take no large picture, and drop one after the other
 * from the camera, each smaller, until one is small enough. Half of the usual size is so at once.
 */
const FIRST: Wanted = { active: true, scaleResolutionDownBy: 2 };
/** Of the room that there is the sound takes its part first, and routers that heed it let it through first. */
const SOUND: Wanted = { priority: "high", networkPriority: "high" };

/** What each was told last. It is not asked for, since browsers do not give back all that they took. */
const told = new WeakMap<RTCRtpSender, Wanted>();

/**
 * Has the connection send its picture at this step, and its sound before it. What cannot be set yet is set at the next
 * time. Never rejects.
 */
export async function adjustSending(pc: RTCPeerConnection, step: PictureStep): Promise<void> {
  const picture = step === "full" && pc.connectionState !== "connected" ? FIRST : PICTURES[step];
  for (const { sender, receiver } of pc.getTransceivers()) {
    const wanted = receiver.track.kind === "audio" ? SOUND : picture;
    if (told.get(sender) !== wanted) await tell(sender, wanted).catch(() => undefined);
  }
}

async function tell(sender: RTCRtpSender, wanted: Wanted): Promise<void> {
  const parameters = sender.getParameters();
  // There is none before the first description is set.
  const encoding = parameters.encodings[0];
  if (encoding === undefined) return;
  delete encoding.maxBitrate;
  Object.assign(encoding, wanted);
  await sender.setParameters(parameters);
  told.set(sender, wanted);
}

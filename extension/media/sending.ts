import { limitsOf, type PictureOf, type PictureStep } from "../core/picture-steps.ts";

/** `adaptivePtime` is one of the W3C's extensions, which Chrome has. */
type Wanted = Partial<RTCRtpEncodingParameters> & { adaptivePtime?: boolean };

/**
 * Until it is connected: of a line that they know nothing of browsers take no large picture, and drop one after the other
 * from the camera, each smaller, until one is small enough. Half of the usual size is so at once.
 */
const FIRST: Wanted = { active: true, scaleResolutionDownBy: 2 };
/**
 * Of the room that there is the sound takes its part first, and on a narrow line it takes less: fewer bits, and more of it
 * in each packet. With `networkPriority` beside it Chromium takes `adaptivePtime` and does nothing.
 */
const SOUND: Wanted = { priority: "high", adaptivePtime: true };

/** Another of the W3C's extensions, which Chrome has. */
interface Options {
  encodingOptions?: readonly { keyFrame: boolean }[];
}

const WHOLE: Options = { encodingOptions: [{ keyFrame: true }] };

/** How the picture is sent. */
interface Sending {
  picture: PictureOf;
  step: PictureStep;
}

/** What each was told last. It is not asked for, since browsers do not give back all that they took. */
const told = new WeakMap<RTCRtpSender, Wanted>();

/**
 * Has the connection send its picture at this step, and its sound before it. What cannot be set yet is set at the next
 * time. Never rejects.
 */
export async function adjustSending(pc: RTCPeerConnection, { picture, step }: Sending): Promise<void> {
  const isFirst = picture === "camera" && step === "full" && pc.connectionState !== "connected";
  const limits = isFirst ? FIRST : limitsOf(picture, step);
  for (const { sender, receiver } of pc.getTransceivers()) {
    const wanted = receiver.track.kind === "audio" ? SOUND : limits;
    if (told.get(sender) !== wanted) await tell(sender, wanted, picture).catch(() => undefined);
  }
}

/**
 * Has the connection send one picture that needs none before it: where some were lost, a browser waits for up to 3 s before
 * it asks for one. Firefox knows no such wish. Never rejects. W3C WebRTC Extensions, RTCEncodingOptions
 */
export async function sendWholePicture(pc: RTCPeerConnection, { picture, step }: Sending): Promise<void> {
  for (const { sender, receiver } of pc.getTransceivers()) {
    if (receiver.track.kind === "audio") continue;
    await tell(sender, limitsOf(picture, step), picture, WHOLE).catch(() => undefined);
  }
}

async function tell(sender: RTCRtpSender, wanted: Wanted, picture: PictureOf, options: Options = {}): Promise<void> {
  const parameters = sender.getParameters();
  // Where the machine has much to do, fewer pictures of a screen are sent and no smaller ones. Firefox knows no hint of the track's.
  if (picture === "screen") parameters.degradationPreference = "maintain-resolution";
  else delete parameters.degradationPreference;
  // There is none before the first description is set.
  const encoding = parameters.encodings[0];
  if (encoding === undefined) return;
  delete encoding.maxBitrate;
  delete encoding.maxFramerate;
  Object.assign(encoding, wanted);
  await sender.setParameters(parameters, options);
  told.set(sender, wanted);
}

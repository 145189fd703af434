import * as v from "valibot";

const MINUTES_OF_A_DAY = 24 * 60;
/** The browser's idle detection knows nothing below 15 s; nobody waits for more than half a day. */
const LONGEST_IDLE_MINUTES = 720;

const MinuteOfDay = v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(MINUTES_OF_A_DAY - 1));
const MediaDeviceId = v.pipe(v.string(), v.minLength(1), v.maxLength(256));

/** The values that each setting of the device may have. */
export const deviceFields = {
  ringSilently: v.boolean(),
  ringSound: v.picklist(["marimba", "bell", "pulse"]),
  ringVolume: v.pipe(v.number(), v.minValue(0), v.maxValue(1)),
  quietHours: v.strictObject({ from: MinuteOfDay, to: MinuteOfDay }),
  camera: MediaDeviceId,
  microphone: MediaDeviceId,
  speaker: MediaDeviceId,
  backgroundBlur: v.boolean(),
  ringer: MediaDeviceId,
  idleMinutes: v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(LONGEST_IDLE_MINUTES)),
  relayOnly: v.boolean(),
  pictureFollows: v.boolean(),
  ownPicture: v.strictObject({
    x: v.picklist(["left", "right"]),
    y: v.picklist(["top", "bottom"]),
    hidden: v.boolean(),
  }),
  language: v.picklist(["en", "ja"]),
} as const;

/** A change, as a page asks for it: what is left out stays, and null goes back to what was there at first. */
export const DeviceChange = v.strictObject({
  ringSilently: v.nullish(deviceFields.ringSilently),
  ringSound: v.nullish(deviceFields.ringSound),
  ringVolume: v.nullish(deviceFields.ringVolume),
  quietHours: v.nullish(deviceFields.quietHours),
  camera: v.nullish(deviceFields.camera),
  microphone: v.nullish(deviceFields.microphone),
  speaker: v.nullish(deviceFields.speaker),
  backgroundBlur: v.nullish(deviceFields.backgroundBlur),
  ringer: v.nullish(deviceFields.ringer),
  idleMinutes: v.nullish(deviceFields.idleMinutes),
  relayOnly: v.nullish(deviceFields.relayOnly),
  pictureFollows: v.nullish(deviceFields.pictureFollows),
  ownPicture: v.nullish(deviceFields.ownPicture),
  language: v.nullish(deviceFields.language),
});

/** The rings that a person can choose from; each is a file of that name under `sounds/`. */
export const RING_SOUNDS = ["marimba", "bell", "pulse"] as const;
export type RingSoundName = (typeof RING_SOUNDS)[number];

/** What holds on this device alone, whoever is signed in. */
export interface DeviceSettings {
  /** Rings show themselves here and make no sound. */
  ringSilently: boolean;
  ringSound: RingSoundName;
  /** From 0 to 1. */
  ringVolume: number;
  /** Rings are silent here meanwhile; missing where they never are. */
  quietHours?: QuietHours;
  /** The browser's ids of devices; one that is missing is the system's own choice. */
  camera?: string;
  microphone?: string;
  speaker?: string;
  /** What is behind the person is blurred, where the platform does that. */
  backgroundBlur: boolean;
  /** What rings, where that is another than the speaker of the calls. */
  ringer?: string;
  /** Nobody touched the machine for so long: this device is unattended. */
  idleMinutes: number;
  /** The media of calls goes through a relay alone, so that the other side learns no address. */
  relayOnly: boolean;
  /** The other person's picture goes into a small window when the tab of a call is left, where the browser does that. */
  pictureFollows: boolean;
  /** Where the own picture stands in calls. */
  ownPicture: OwnPicturePlace;
  /** Missing where it is the browser's. */
  language?: "en" | "ja";
}

/** A corner of the call's page. */
export interface OwnPicturePlace {
  x: "left" | "right";
  y: "top" | "bottom";
  hidden: boolean;
}

/** Both in minutes of the person's day by the clock on the wall, from 0 to 1439. Where `from` is later, midnight lies between; alike, they are a whole day. */
export interface QuietHours {
  from: number;
  to: number;
}

/** What is left out stays; null is what was there before anybody chose. */
export type DeviceChange = { [Name in keyof DeviceSettings]?: DeviceSettings[Name] | null | undefined };

export const DEVICE_AT_FIRST: DeviceSettings = {
  ringSilently: false,
  ringSound: "marimba",
  ringVolume: 1,
  backgroundBlur: false,
  idleMinutes: 5,
  relayOnly: false,
  pictureFollows: true,
  ownPicture: { x: "right", y: "bottom", hidden: false },
};

/** The same object where nothing is new. */
export function changeDevice(device: DeviceSettings, change: DeviceChange): DeviceSettings {
  const chosen = Object.entries(change).filter(([, value]) => value !== undefined && value !== null);
  const dropped = Object.keys(change).filter((name) => change[name as keyof DeviceSettings] === null);
  const kept = Object.entries(device).filter(([name]) => !dropped.includes(name));
  // The names and their values are those of the two types.
  const next = { ...DEVICE_AT_FIRST, ...Object.fromEntries([...kept, ...chosen]) };
  return isSame(device, next) ? device : next;
}

/** Whether the person changed nothing, so that nothing needs to be kept. */
export function isAsAtFirst(device: DeviceSettings): boolean {
  return isSame(device, DEVICE_AT_FIRST);
}

/** Whether `minute` of the day lies in the quiet hours: from their first minute to the one before their end. */
export function isQuietAt(quietHours: QuietHours | undefined, minute: number): boolean {
  if (quietHours === undefined) return false;
  const { from, to } = quietHours;
  return from < to ? from <= minute && minute < to : from <= minute || minute < to;
}

function isSame(one: DeviceSettings, other: DeviceSettings): boolean {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]) as Set<keyof DeviceSettings>;
  return [...names].every((name) => JSON.stringify(one[name]) === JSON.stringify(other[name]));
}

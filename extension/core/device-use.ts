export type DeviceKind = "camera" | "microphone" | "speaker";

/** Which device of one kind serves a call. Ids are the browser's; what is missing is not known, or there is none. */
export interface DeviceUse {
  /** What serves as long as it is there: the one that the person chose, or the one that the system gave at first. */
  home?: string | undefined;
  /** What serves now. */
  used?: string | undefined;
  /** Whether what serves goes by the system's name for its own choice, which is another device by now. */
  isAnother?: boolean;
}

export type DeviceMove =
  /** `back` where it is the one that serves as long as it is there. */
  | { why: "gone" | "back"; to: string }
  /** It is to be opened anew by the name that it has already. */
  | { why: "moved"; to: string }
  /** Nothing is left to serve. */
  | { why: "none" };

/**
 * What serves in place of what served until now, after devices came or went; undefined where it serves on. `present` is what is
 * there, in the system's order, which begins with its own choice.
 */
export function moveDevice(
  { home, used, isAnother = false }: DeviceUse,
  present: readonly string[],
): DeviceMove | undefined {
  if (home !== undefined && home !== used && present.includes(home)) return { why: "back", to: home };
  if (used !== undefined && present.includes(used)) return isAnother ? { why: "moved", to: used } : undefined;
  const [next] = present;
  if (next !== undefined) return { why: used === undefined ? "back" : "gone", to: next };
  return used === undefined ? undefined : { why: "none" };
}

/** What a person is told of a device. A name is empty where the browser does not tell it, above all that of the system's own choice. */
export type DeviceNote =
  /** `name` went away, and `now` serves in its place; or nothing does. */
  | { device: DeviceKind; what: "gone"; name: string; now: string }
  | { device: "camera" | "microphone"; what: "none"; name: string }
  /** It came and serves, again or at last. */
  | { device: DeviceKind; what: "back"; now: string }
  /** What the system chooses is another one now; of a camera nobody is told. */
  | { device: "microphone"; what: "moved"; now: string }
  /** The chosen one was not there from the start: another serves. */
  | { device: DeviceKind; what: "replaced" }
  /** It was chosen and cannot be opened; what served serves on. The system's own choice has no name. */
  | { device: DeviceKind; what: "refused" | "missing" | "busy"; name: string | undefined };

import type { DeviceKind, DeviceNote } from "../core/device-use.ts";

/** A camera, microphone or speaker that the browser has. */
export interface DeviceOption {
  id: string;
  label: string;
}

type Kind = "camera" | "microphone";

/** What the call's page shows of its devices, and what it may do about them. */
export interface CallDevicesProps {
  /** By their names; none where the browser keeps them to itself. */
  options: Record<DeviceKind, readonly DeviceOption[]>;
  /** The id of each that is chosen; missing where it is the system's own choice. */
  chosen: Partial<Record<DeviceKind, string | undefined>>;
  /** The name of what is used by the system's own choice. */
  own: Partial<Record<DeviceKind, string | undefined>>;
  /** Whether what is behind the person is blurred; missing where the platform cannot. */
  blur?: boolean | undefined;
  notes: readonly DeviceNote[];
  /** A menu opens: what is there is looked at anew. */
  onlook: () => void;
  onchoose: (kind: DeviceKind, id: string | undefined) => void;
  onblur: (on: boolean) => void;
  /** The person has read the note. */
  ondismiss: (kind: DeviceKind) => void;
}

/** What a page shows of camera and microphone before a call, and what it may do about them. */
export interface DevicePreviewProps {
  state: "off" | "asking" | "on";
  /** The camera's picture. */
  stream: MediaStream | undefined;
  /** How loud the microphone is, from 0 to 1. */
  level: number;
  problem: (kind: Kind) => "refused" | "missing" | "busy" | undefined;
  options: (kind: Kind) => DeviceOption[];
  /** Undefined where it is the system's own choice. */
  chosen: (kind: Kind) => string | undefined;
  /** Only within a click: the browser asks the person. */
  onopen: () => void;
  onchoose: (kind: Kind, id: string | undefined) => void;
  /** Their lights go out. */
  onclose: () => void;
}

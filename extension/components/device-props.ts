/** A camera or microphone that the browser has. */
export interface DeviceOption {
  id: string;
  label: string;
}

type Kind = "camera" | "microphone";

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

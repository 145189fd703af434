import type { CallDevicesProps } from "../../../extension/components/device-props.ts";
import type { DeviceNote } from "../../../extension/core/device-use.ts";
import { EXCHANGES } from "./exchange-scenes.ts";
import type { CallScene } from "./scenes.ts";

const OPTIONS: CallDevicesProps["options"] = {
  camera: [
    { id: "built-in", label: "Integrated Camera" },
    { id: "desk", label: "Desk Camera C920" },
  ],
  microphone: [
    { id: "built-in", label: "Built-in Audio Analog Stereo" },
    { id: "headset", label: "Wireless Headset with a Name That Is Longer Than the Menu Is Wide" },
  ],
  speaker: [
    { id: "built-in", label: "Built-in Speaker" },
    { id: "headset", label: "Wireless Headset" },
  ],
};

/** What a call's screen is given of its devices where a scene says nothing of them. */
export function devicesGiven(note: (name: string) => void, more: Partial<CallDevicesProps> = {}): CallDevicesProps {
  return {
    options: OPTIONS,
    chosen: { microphone: "headset" },
    own: { camera: "Integrated Camera" },
    notes: [],
    onlook: () => note("onlook"),
    onchoose: (kind, id) => note(`onchoose:${kind}:${id ?? "own"}`),
    onblur: (on) => note(on ? "onblur" : "onunblur"),
    ondismiss: (kind) => note(`ondismiss:${kind}`),
    ...more,
  };
}

const GONE: DeviceNote[] = [
  { device: "camera", what: "gone", name: "Desk Camera C920", now: "Integrated Camera" },
  { device: "microphone", what: "back", now: "Wireless Headset" },
  { device: "speaker", what: "gone", name: "Wireless Headset", now: "" },
];
const MOVED: DeviceNote[] = [
  { device: "microphone", what: "moved", now: "Wireless Headset" },
  { device: "speaker", what: "back", now: "Wireless Headset" },
];
/** Where the browser does not tell what the system chooses. */
const UNNAMED: DeviceNote[] = [{ device: "microphone", what: "back", now: "" }];
const REFUSED: DeviceNote[] = [
  { device: "camera", what: "busy", name: "Desk Camera C920" },
  { device: "microphone", what: "none", name: "Wireless Headset" },
  { device: "speaker", what: "replaced" },
];

/** What becomes of camera, microphone and speaker in a talk. */
export function deviceScenes(talk: CallScene["props"]): Record<string, CallScene> {
  const during = (props: CallScene["props"], devices: Partial<CallDevicesProps> = {}): CallScene => ({
    screen: "call",
    props: { ...talk, ...props },
    devices,
    own: true,
    remote: true,
  });
  return {
    "call-joining-audio": {
      screen: "call",
      props: { call: { at: "joining" }, link: "connecting", outgoing: false, media: "audio", cameraOn: false },
    },
    "call-live-held": during({ microphoneOn: false, microphoneHeld: true }),
    "call-words-muted": during({ microphoneOn: false, exchange: EXCHANGES.words }),
    "call-microphones": during({}),
    "call-cameras": during({}, { chosen: { camera: "desk" }, own: {}, blur: true }),
    "call-cameras-unnamed": during({}, { options: { camera: [], microphone: [], speaker: [] }, chosen: {}, own: {} }),
    "call-devices-changed": during({}, { notes: GONE }),
    "call-devices-moved": during({}, { notes: MOVED }),
    "call-devices-unnamed": during({}, { notes: UNNAMED }),
    "call-devices-kept": during({ microphoneOn: false }, { notes: REFUSED }),
  };
}

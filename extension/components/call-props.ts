import type { AlertMode, Media } from "#protocol";
import type { OwnPicturePlace } from "../core/device-settings.ts";
import type { LinkFailure, ScreenState } from "../core/link-types.ts";
import type { QualityView } from "../core/quality-types.ts";
import type { CallEnd, WaitingView } from "../core/view.ts";
import type { Text } from "../locales/text.ts";
import type { CallDevicesProps } from "./device-props.ts";
import type { ExchangeProps } from "./exchange-props.ts";
import type { Problem } from "../messaging/commands.ts";

/** What the call page shows of the call. Instants in ms since 1970 by this machine's clock. */
export type CallPhase =
  /** The page is open and does not know its call yet. */
  | { at: "opening" }
  | { at: "inviting" }
  | { at: "ringing-out"; devices: number; mode: AlertMode }
  | { at: "accepting" }
  | { at: "joining" }
  | { at: "live"; since: number }
  | { at: "reconnecting"; since: number }
  /** `seconds` is the length of the talk, where there was one. */
  | { at: "ended"; reason: CallEnd; seconds?: number | undefined }
  /** The background knows of no such call: it is over, or its address is an old one. */
  | { at: "unknown" }
  /** Another tab shows the call. */
  | { at: "elsewhere" };

/** How the media does. `idle` before there is anything to connect. */
export type LinkState = "idle" | "connecting" | "live" | "interrupted" | "failed";

/** Why a camera or microphone cannot be used: permission refused, none there, or another program holds it. */
export type DeviceProblem = "refused" | "missing" | "busy";

/** Everything that `CallScreen.svelte` draws. */
export interface CallScreenProps extends ExchangeProps {
  text: Text;
  /** In ms since 1970, advanced once a second by the page. */
  now: number;
  person: { name: string; avatar?: string | undefined };
  media: Media;
  /** Whether this side called. */
  outgoing: boolean;
  call: CallPhase;
  /** Why the other could not be called again just now. */
  notCalled?: Problem | undefined;
  link: LinkState;
  /** Why the media could not be connected or restored, also once the call is over. */
  failure?: LinkFailure | undefined;
  /** How the line and the microphone are, while the media flows. */
  quality: QualityView;
  /** False while the background has no line to the server. */
  online: boolean;
  ownStream?: MediaStream | undefined;
  /** Where it is shown, if at all. */
  ownPicture: OwnPicturePlace;
  /** The own screen, which is sent in the place of the camera. */
  screen: ScreenState;
  screenStream?: MediaStream | undefined;
  /** False where the browser shows no screens. */
  canShareScreen: boolean;
  /** What they send as their picture is their screen. */
  theirScreen: boolean;
  /** How the browser keeps the picture in sight elsewhere, if it does; whether that is so, and in which window. */
  picture: { way: "window" | "video" | undefined; isOpen: boolean; window?: Window | undefined };
  remoteStream?: MediaStream | undefined;
  /** What serves as camera, microphone and speaker. */
  devices: CallDevicesProps;
  /** The browser's id of what their sound is heard at; else the system's own choice. */
  speaker?: string | undefined;
  /** Whether ours is switched on, be it still asked for; a device with a problem counts as off. */
  microphoneOn: boolean;
  /** Whether a key holds the microphone open that is off otherwise. */
  microphoneHeld: boolean;
  cameraOn: boolean;
  microphoneProblem?: DeviceProblem | undefined;
  cameraProblem?: DeviceProblem | undefined;
  /** What the other side says of its own devices; true until it said otherwise. */
  remoteMicrophoneOn: boolean;
  remoteCameraOn: boolean;
  /** How loud the other side is at the moment, from 0 to 1. */
  readTheirVoice: () => number;
  /** Set after `onsoundblocked`, cleared by `onplaysound`: one button then asks for the click. */
  needsClickForSound: boolean;
  /** What rings behind this call. */
  waiting: WaitingView[];
  ontogglemicrophone: () => void;
  ontogglecamera: () => void;
  /** A key is held to talk, or let go. */
  onhold: (held: boolean) => void;
  /** The picture goes into a window of its own or back; `video`: what is shown in it, where the browser shows that alone. */
  onpicture: (video: HTMLVideoElement | undefined) => void;
  /** From that window to the call's tab. */
  onback: () => void;
  /** Nothing of the call is shown elsewhere any more. */
  onpictureover: () => void;
  onsharescreen: (on: boolean) => void;
  onownpicture: (place: OwnPicturePlace) => void;
  onhangup: () => void;
  oncallagain: () => void;
  onacceptwaiting: (ring: WaitingView) => void;
  ondeclinewaiting: (ring: WaitingView) => void;
  /** Close this tab. */
  onclose: () => void;
  /** The browser refused to play their sound without a click. */
  onsoundblocked: () => void;
  /** The click came and the sound plays. */
  onplaysound: () => void;
  /** Ask for the camera and microphone again. */
  onretrymedia: () => void;
}

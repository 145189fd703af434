import Eye from "@lucide/svelte/icons/eye";
import EyeOff from "@lucide/svelte/icons/eye-off";
import Keyboard from "@lucide/svelte/icons/keyboard";
import Maximize from "@lucide/svelte/icons/maximize";
import MessageSquare from "@lucide/svelte/icons/message-square";
import Mic from "@lucide/svelte/icons/mic";
import MicOff from "@lucide/svelte/icons/mic-off";
import Minimize from "@lucide/svelte/icons/minimize";
import PictureInPicture from "@lucide/svelte/icons/picture-in-picture-2";
import ScreenShare from "@lucide/svelte/icons/screen-share";
import ScreenShareOff from "@lucide/svelte/icons/screen-share-off";
import Video from "@lucide/svelte/icons/video";
import VideoOff from "@lucide/svelte/icons/video-off";
import type { Text } from "../locales/text.ts";
import { type CallAct, type CallActs, keyOf } from "./call-keys.ts";
import type { CallScreenProps } from "./call-props.ts";

/** One thing to do in a call, as a button of the bar or an item of the menu behind it. */
export interface CallControl<Act extends CallAct = CallAct> {
  act: Act;
  name: string;
  /** What a press does, for who points at it. */
  means: string;
  Icon: typeof Mic;
  /** Drawn the other way about: a device that is off, or something that is not so in every call. */
  inverted: boolean;
  /** Of a switch: whether it is on. */
  pressed?: boolean;
  /** Of something that opens beside the picture: whether it is open. */
  expanded?: boolean;
  /** What came that was not seen yet. */
  count?: number;
}

export interface ControlsState {
  microphoneOn: boolean;
  /** Whether a key holds it open that is off otherwise. */
  microphoneHeld: boolean;
  cameraOn: boolean;
  /** Whether the own screen is shown, or is being chosen. */
  screenShown: boolean;
  /** Words and files: whether their panel is open, and what came since it was last. */
  messages: { open: boolean; unread: number };
  pictureOut: boolean;
  fullScreen: boolean;
  ownPictureHidden: boolean;
}

type DeviceActs = Pick<
  CallScreenProps,
  "microphoneProblem" | "cameraProblem" | "ontogglemicrophone" | "ontogglecamera" | "onretrymedia"
>;

/** What the controls of the devices do: one that has a problem is asked for again. */
export function deviceActs(props: DeviceActs): { microphone: () => void; camera: () => void } {
  return {
    microphone: props.microphoneProblem === undefined ? props.ontogglemicrophone : props.onretrymedia,
    camera: props.cameraProblem === undefined ? props.ontogglecamera : props.onretrymedia,
  };
}

/** The microphone and the camera, which every place of a call has. */
export function deviceControls(
  text: Text,
  { microphoneOn, microphoneHeld, cameraOn }: Pick<ControlsState, "microphoneOn" | "microphoneHeld" | "cameraOn">,
): CallControl<"microphone" | "camera">[] {
  return [
    {
      act: "microphone",
      name: text.t("call.microphone"),
      means: text.t(microphoneOn ? "call.microphone-off" : "call.microphone-on"),
      Icon: microphoneOn || microphoneHeld ? Mic : MicOff,
      inverted: !microphoneOn && !microphoneHeld,
      pressed: microphoneOn,
    },
    {
      act: "camera",
      name: text.t("call.camera"),
      means: text.t(cameraOn ? "call.camera-off" : "call.camera-on"),
      Icon: cameraOn ? Video : VideoOff,
      inverted: !cameraOn,
      pressed: cameraOn,
    },
  ];
}

/** The controls in their order; those at the end are the first that a narrow page puts into the menu. */
export function barControls(text: Text, state: ControlsState, acts: CallActs): CallControl[] {
  const { screenShown, messages, pictureOut, fullScreen } = state;
  const { unread } = messages;
  const all: CallControl[] = [
    ...deviceControls(text, state),
    {
      act: "screen",
      name: text.t("call.screen"),
      means: text.t(screenShown ? "screen.stop" : "call.screen-on"),
      Icon: screenShown ? ScreenShareOff : ScreenShare,
      inverted: screenShown,
      pressed: screenShown,
    },
    {
      act: "messages",
      name: unread > 0 ? text.t("call.messages-unread", { count: unread }) : text.t("call.messages"),
      means: text.t("call.messages"),
      Icon: MessageSquare,
      inverted: messages.open,
      expanded: messages.open,
      count: unread,
    },
    {
      act: "picture",
      name: text.t("picture.name"),
      means: text.t(pictureOut ? "picture.off" : "picture.on"),
      Icon: PictureInPicture,
      inverted: pictureOut,
      pressed: pictureOut,
    },
    {
      act: "full-screen",
      name: text.t("call.full-screen"),
      means: text.t(fullScreen ? "call.full-screen-off" : "call.full-screen-on"),
      Icon: fullScreen ? Minimize : Maximize,
      inverted: fullScreen,
      pressed: fullScreen,
    },
  ];
  return all.filter(({ act }) => acts[act] !== undefined);
}

/** What stands in the menu alone. */
export function menuControls(text: Text, { ownPictureHidden }: ControlsState, acts: CallActs): CallControl[] {
  const all: CallControl[] = [
    {
      act: "own-picture",
      name: text.t("call.own-picture-shown"),
      means: text.t("call.own-picture-shown"),
      Icon: ownPictureHidden ? EyeOff : Eye,
      inverted: false,
      pressed: !ownPictureHidden,
    },
    { act: "keys", name: text.t("keys.title"), means: text.t("keys.title"), Icon: Keyboard, inverted: false },
  ];
  return all.filter(({ act }) => acts[act] !== undefined);
}

/** What pointing at a control tells: what a press does, and the key that does the same. */
export function titleOf(text: Text, { act, means, pressed }: CallControl): string {
  const key = keyOf(act).name;
  const isMuted = act === "microphone" && pressed === false;
  return text.t("call.with-key", {
    means,
    key: isMuted ? text.t("keys.or-held", { key, held: keyOf("talk").name }) : key,
  });
}

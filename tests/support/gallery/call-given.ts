import { DEVICE_AT_FIRST } from "../../../extension/core/device-settings.ts";
import { newExchange } from "../../../extension/core/exchange.ts";
import { NOW } from "./now.ts";
import { devicesGiven } from "./device-scenes.ts";
import { GOOD_LINE } from "./quality-scenes.ts";
import type { CallScene, CallState } from "./scenes.ts";

/** What the call's screen is given in a scene. */
export function callProps(scene: CallScene, note: (name: string) => void): CallState {
  return {
    now: NOW,
    person: { name: "Bob Tanaka" },
    media: "video",
    outgoing: true,
    call: { at: "inviting" },
    link: "idle",
    quality: GOOD_LINE,
    devices: devicesGiven(note, scene.devices),
    online: true,
    screen: { at: "off" },
    canShareScreen: true,
    theirScreen: false,
    picture: { way: "window", isOpen: false },
    onpicture: () => note("onpicture"),
    onback: () => note("onback"),
    onpictureover: () => undefined,
    onsharescreen: (on) => note(on ? "onsharescreen" : "onstopscreen"),
    ownPicture: DEVICE_AT_FIRST.ownPicture,
    onownpicture: () => note("onownpicture"),
    microphoneOn: true,
    microphoneHeld: false,
    cameraOn: true,
    readTheirVoice: () => 0.6,
    remoteMicrophoneOn: true,
    remoteCameraOn: true,
    needsClickForSound: false,
    waiting: [],
    exchange: newExchange(),
    onwrite: () => true,
    onhandover: () => note("onhandover"),
    onanswer: () => note("onanswer"),
    onshow: () => note("onshow"),
    ontogglemicrophone: () => note("ontogglemicrophone"),
    ontogglecamera: () => note("ontogglecamera"),
    onhold: (held) => note(held ? "onhold" : "onletgo"),
    onhangup: () => note("onhangup"),
    oncallagain: () => note("oncallagain"),
    onacceptwaiting: () => note("onacceptwaiting"),
    ondeclinewaiting: () => note("ondeclinewaiting"),
    onclose: () => note("onclose"),
    onsoundblocked: () => note("onsoundblocked"),
    onplaysound: () => note("onplaysound"),
    onretrymedia: () => note("onretrymedia"),
    ...scene.props,
  };
}

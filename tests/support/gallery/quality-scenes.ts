import type { LineFigures, QualityView } from "../../../extension/core/quality-types.ts";
import { NOW } from "./now.ts";
import type { CallScene } from "./scenes.ts";

const FIGURES: LineFigures = {
  roundTripMs: 38,
  relayed: false,
  lostArriving: 0.002,
  lostSent: 0,
  soundCodec: "opus",
  theirPicture: { width: 1280, height: 720, perSecond: 30, codec: "VP8" },
  ownPicture: { width: 1280, height: 720, perSecond: 29.6, codec: "VP8" },
};

export const GOOD_LINE: QualityView = {
  verdict: "good",
  wasWeak: false,
  figures: FIGURES,
  ownPicture: "full",
  theirPicturePaused: false,
};

const WEAK: LineFigures = {
  ...FIGURES,
  roundTripMs: 412,
  relayed: true,
  lostSent: 0.124,
  ownPicture: { width: 320, height: 180, perSecond: 14, codec: "VP8" },
};

function line(more: Partial<QualityView>): QualityView {
  return { ...GOOD_LINE, ...more };
}

/** Longer after than the screen waits before its words fade. */
const UNMOVED_AT = NOW + 10_000;
const BOTH = { own: true, remote: true };
const NO_PICTURES = { media: "audio", cameraOn: false, remoteCameraOn: false } as const;

/** How the line and the microphone can be in a talk. */
export function lineScenes(talk: CallScene["props"]): Record<string, CallScene> {
  const scene = (quality: QualityView, props: CallScene["props"] = {}): CallScene => ({
    screen: "call",
    props: { ...talk, ...props, quality },
    ...BOTH,
  });
  const sound: LineFigures = { roundTripMs: 38, relayed: false, lostArriving: 0, lostSent: 0, soundCodec: "opus" };
  return {
    "call-line": scene(GOOD_LINE),
    "call-line-measuring": scene(line({ verdict: "measuring", figures: {} })),
    "call-line-weak": scene(line({ verdict: "weak", wasWeak: true, figures: WEAK })),
    "call-line-weak-unmoved": scene(line({ verdict: "weak", wasWeak: true, figures: WEAK }), { now: UNMOVED_AT }),
    "call-line-ours": scene(line({ verdict: "weak-ours", wasWeak: true, figures: WEAK, ownPicture: "smallest" })),
    "call-line-theirs": scene(line({ verdict: "weak-theirs", wasWeak: true, theirPicturePaused: true })),
    "call-line-paused": scene(line({ verdict: "weak-ours", wasWeak: true, figures: WEAK, ownPicture: "paused" })),
    "call-line-sound": { ...scene(line({ figures: sound }), NO_PICTURES), own: false },
    "call-microphone-silent": scene(line({ verdict: "microphone-silent" })),
    "call-muted-speaking": scene(line({ verdict: "muted-speaking" }), { microphoneOn: false }),
  };
}

import { EXCHANGES } from "./exchange-scenes.ts";
import type { CallScene } from "./scenes.ts";

/** What becomes of camera, microphone and speaker in a talk. */
export function deviceScenes(talk: CallScene["props"]): Record<string, CallScene> {
  const during = (props: CallScene["props"]): CallScene => ({
    screen: "call",
    props: { ...talk, ...props },
    own: true,
    remote: true,
  });
  return {
    "call-live-held": during({ microphoneOn: false, microphoneHeld: true }),
    "call-words-muted": during({ microphoneOn: false, exchange: EXCHANGES.words }),
  };
}

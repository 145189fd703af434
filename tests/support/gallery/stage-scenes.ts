import type { CallScreenProps } from "../../../extension/components/call-props.ts";
import { EXCHANGES } from "./exchange-scenes.ts";
import type { CallScene } from "./scenes.ts";

/** What a person does with the call's page, during a talk. */
export function stageScenes(talk: Partial<CallScreenProps>): Record<string, CallScene> {
  const during = (props: Partial<CallScreenProps>): CallScene => ({
    screen: "call",
    props: { ...talk, ...props },
    own: true,
    remote: true,
  });
  return {
    "call-keys": during({}),
    "call-more": during({}),
    "call-more-narrow": during({ exchange: EXCHANGES.unread }),
    "call-screen": { ...during({ screen: { at: "on", sound: true } }), ownScreen: true },
    "call-screen-alone": { ...during({ screen: { at: "on", sound: false }, cameraOn: false }), ownScreen: true },
    "call-screen-system": during({ screen: { at: "off", why: "system" } }),
    "call-screen-failed": during({ screen: { at: "off", why: "failed" } }),
    "call-screen-theirs": during({ theirScreen: true }),
    "call-picture": during({ picture: { way: "window", isOpen: true } }),
    "call-own-moved": during({ ownPicture: { x: "left", y: "top", hidden: false } }),
    "call-own-hidden": during({ ownPicture: { x: "right", y: "bottom", hidden: true } }),
  };
}

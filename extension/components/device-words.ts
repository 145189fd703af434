import type { DeviceNote } from "../core/device-use.ts";
import type { Text } from "../locales/text.ts";

/** What became of a device. */
export function deviceSentence(text: Text, note: DeviceNote): string {
  const { device } = note;
  switch (note.what) {
    case "replaced":
      return text.t(`call.${device}-replaced`);
    case "gone":
      return note.now === ""
        ? text.t("call.device-gone-own", { device, name: note.name })
        : text.t("call.device-gone", { device, name: note.name, now: note.now });
    case "none":
      return note.name === ""
        ? text.t(`call.${note.device}-none`)
        : text.t("call.device-none", { device: note.device, name: note.name });
    case "back":
      return note.now === "" ? text.t(`call.${device}-back`) : text.t("call.device-back", { device, now: note.now });
    case "moved":
      return note.now === "" ? text.t("call.microphone-moved") : text.t("call.device-moved", { now: note.now });
    default:
      return text.t(`call.device-${note.what}`, { device, name: note.name ?? text.t("call.own-choice-name") });
  }
}

import { describe, expect, it } from "vitest";
import { deviceSentence } from "../../../extension/components/device-words.ts";
import type { DeviceNote } from "../../../extension/core/device-use.ts";
import { createText } from "../../../extension/locales/text.ts";

const UNNAMED: DeviceNote[] = [
  { device: "camera", what: "none", name: "" },
  { device: "camera", what: "back", now: "" },
  { device: "camera", what: "gone", name: "Desk", now: "" },
  { device: "microphone", what: "none", name: "" },
  { device: "microphone", what: "back", now: "" },
  { device: "microphone", what: "gone", name: "Desk", now: "" },
  { device: "speaker", what: "back", now: "" },
  { device: "speaker", what: "gone", name: "Desk", now: "" },
];
const WORDS = {
  en: { camera: "camera", microphone: "microphone", speaker: "speaker" },
  ja: { camera: "カメラ", microphone: "マイク", speaker: "スピーカー" },
} as const;

describe("what is said of a device without a name", () => {
  it.each(UNNAMED)("is of the $device that is $what", (note) => {
    for (const locale of ["en", "ja"] as const)
      expect(deviceSentence(createText(locale), note)).toContain(WORDS[locale][note.device]);
  });
});

import { browser } from "wxt/browser";
import type { RingSoundShown } from "../core/outward-types.ts";
import type { RingHeard } from "./ring-document.ts";

/** A ring that sounds until it is stopped. */
export interface PlayedRing {
  heard: RingHeard;
  stop: () => void;
}

/** Rings until it is stopped. Never rejects: what the browser does not let sound is said so. */
export async function playRing({ name, volume, ringer }: RingSoundShown): Promise<PlayedRing> {
  const audio = new Audio(browser.runtime.getURL(`/sounds/${name}.wav`));
  audio.loop = true;
  audio.volume = volume;
  const onRinger = await useSpeaker(audio, ringer);
  const sounds = await audio.play().then(
    () => true,
    () => false,
  );
  return { heard: { sounds, onRinger }, stop: () => audio.pause() };
}

/** Lets it be heard at that device. False where the device is not there: then it stays at the system's own choice. */
export async function useSpeaker(audio: HTMLMediaElement, speaker: string | undefined): Promise<boolean> {
  if (speaker === undefined) return true;
  try {
    await audio.setSinkId(speaker);
    return true;
  } catch {
    return false;
  }
}

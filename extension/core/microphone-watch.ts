import type { LineCounters, MicrophoneWatch, OwnVoice } from "./quality-types.ts";

/** Two steps of sound of 16 bits: what makes less than that gives no sound at all, not even that of a quiet room. */
const HEARD_FROM = 1 / 16_384;
const SILENT_AFTER_MS = 8_000;
/** Of a second with speech in it at least so much is loud; a knock or a key is shorter. */
const LOUD_SHARE = 0.25;
const MIN_LOOKS = 4;
const SPEECH_FROM = 2;
const MOST_SPEECH = 4;
const SPEECH_FADES_BY = 0.5;

export const NO_MICROPHONE: MicrophoneWatch = { at: "none", heard: false, speech: 0 };

interface Look {
  at: number;
  microphone: { at: "on" | "muted" | "none"; track?: string | undefined };
  voice: OwnVoice | undefined;
  before: LineCounters["microphone"];
  now: LineCounters["microphone"];
}

export function watchMicrophone(watch: MicrophoneWatch, look: Look): MicrophoneWatch {
  const { microphone, voice, at } = look;
  const isSame = microphone.track === watch.track;
  const level = levelOf(look);
  const heard = (isSame && watch.heard) || (level !== undefined && level >= HEARD_FROM);
  const isSilent = microphone.at === "on" && !heard && level !== undefined;
  const silentSince = isSame && watch.at === "on" ? watch.silentSince : undefined;
  return {
    at: microphone.at,
    track: microphone.track,
    heard,
    silentSince: isSilent ? (silentSince ?? at) : undefined,
    speech: microphone.at === "muted" ? speechAfter(isSame ? watch.speech : 0, voice) : 0,
  };
}

/** It is on, and not the least sound has ever come of it. */
export function isSilent({ silentSince }: MicrophoneWatch, at: number): boolean {
  return silentSince !== undefined && at - silentSince >= SILENT_AFTER_MS;
}

export function isSpeaking({ speech }: MicrophoneWatch): boolean {
  return speech >= SPEECH_FROM;
}

/** From 0 to 1; undefined where neither the connection nor our own analysis tells it. */
function levelOf({ voice, before, now, microphone }: Look): number | undefined {
  if (voice !== undefined && voice.looks > 0) return voice.peak;
  // What is sent of a muted microphone is silence.
  if (before === undefined || now === undefined || microphone.at !== "on") return undefined;
  const seconds = now.seconds - before.seconds;
  return seconds > 0 ? Math.sqrt(Math.max(0, now.energy - before.energy) / seconds) : undefined;
}

function speechAfter(speech: number, voice: OwnVoice | undefined): number {
  if (voice === undefined || voice.looks < MIN_LOOKS) return Math.max(0, speech - SPEECH_FADES_BY);
  const isSpeech = voice.loud / voice.looks >= LOUD_SHARE;
  return isSpeech ? Math.min(MOST_SPEECH, speech + 1) : Math.max(0, speech - SPEECH_FADES_BY);
}

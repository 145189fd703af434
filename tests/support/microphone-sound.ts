import { writeFile } from "node:fs/promises";

export const PER_SECOND = 48_000;
const SAMPLES = 4 * PER_SECOND;
const WAV_HEAD_BYTES = 44;

/** Writes what a pretended microphone gives, again and again: syllables of a voice, or nothing at all. */
export async function writeMicrophoneSound(file: string, sound: "voice" | "nothing"): Promise<void> {
  const samples = sound === "voice" ? voice() : new Uint8Array(2 * SAMPLES);
  await writeFile(file, Buffer.concat([headOf(samples.byteLength), samples]));
}

/** Some seconds of a voice that can be put one after the other: one channel of 16 bits, {@link PER_SECOND}. */
export function voice(): Uint8Array {
  const samples = Int16Array.from({ length: SAMPLES }, (_, index) => Math.round(voiceAt(index / PER_SECOND) * 0x7fff));
  return new Uint8Array(samples.buffer);
}

/** Four syllables in a second, each of another pitch, with the partials of a voice. */
function voiceAt(time: number): number {
  const syllable = Math.floor(time * 4);
  const within = (time * 4) % 1;
  const loudness = within < 0.75 ? Math.sin((Math.PI * within) / 0.75) : 0;
  const pitch = 130 + 15 * (syllable % 4);
  let sum = 0;
  for (let partial = 1; partial <= 12; partial++) {
    const formant =
      Math.exp(-(((partial * pitch - 550) / 400) ** 2)) + 0.3 * Math.exp(-(((partial * pitch - 1500) / 500) ** 2));
    sum += formant * Math.sin(2 * Math.PI * partial * pitch * time);
  }
  return 0.12 * loudness * sum;
}

/** One channel of 16 bits. */
function headOf(bytes: number): Uint8Array {
  const head = Buffer.alloc(WAV_HEAD_BYTES);
  head.write("RIFF", 0);
  head.writeUInt32LE(WAV_HEAD_BYTES - 8 + bytes, 4);
  head.write("WAVEfmt ", 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(PER_SECOND, 24);
  head.writeUInt32LE(PER_SECOND * 2, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write("data", 36);
  head.writeUInt32LE(bytes, 40);
  return head;
}

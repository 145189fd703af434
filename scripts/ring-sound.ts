import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ROOT } from "./setup/command.ts";

/**
 * Makes the ring: `node scripts/ring-sound.ts`. Two warm tones, twice, then a breath, so that it can be looped. What it
 * writes is committed.
 */
const FOLDER = join(ROOT, "extension", "public", "sounds");

const SAMPLES_PER_SECOND = 11_025;
const SECONDS = 2.6;
const LOUDEST = 0.5;

/** When each tone begins, in seconds, and its pitch in Hz. */
const TONES = [
  { at: 0, pitch: 523.25 },
  { at: 0.19, pitch: 659.26 },
  { at: 0.62, pitch: 523.25 },
  { at: 0.81, pitch: 659.26 },
];

/** The partials of a struck wooden bar: how high over the tone, how strong, and how fast each dies away. */
const PARTIALS = [
  { ratio: 1, strength: 1, decay: 4 },
  { ratio: 2, strength: 0.18, decay: 6 },
  { ratio: 3.93, strength: 0.14, decay: 14 },
];

function loudnessAt(time: number): number {
  let sum = 0;
  for (const { at, pitch } of TONES) {
    const age = time - at;
    if (age < 0) continue;
    // A soft beginning, without a click.
    const attack = Math.min(1, age / 0.008);
    for (const { ratio, strength, decay } of PARTIALS) {
      sum += attack * strength * Math.exp(-decay * age) * Math.sin(2 * Math.PI * pitch * ratio * age);
    }
  }
  // The end is silent, so that the loop has no click either.
  return sum * Math.min(1, (SECONDS - time) / 0.3);
}

const samples = Array.from({ length: Math.round(SAMPLES_PER_SECOND * SECONDS) }, (_, index) =>
  loudnessAt(index / SAMPLES_PER_SECOND),
);
const peak = Math.max(...samples.map(Math.abs));

const HEADER_BYTES = 44;
const BYTES_PER_SAMPLE = 2;
const dataBytes = samples.length * BYTES_PER_SAMPLE;
const wav = Buffer.alloc(HEADER_BYTES + dataBytes);
wav.write("RIFF", 0);
wav.writeUInt32LE(HEADER_BYTES - 8 + dataBytes, 4);
wav.write("WAVEfmt ", 8);
wav.writeUInt32LE(16, 16); // the length of what describes the samples
wav.writeUInt16LE(1, 20); // PCM
wav.writeUInt16LE(1, 22); // one channel
wav.writeUInt32LE(SAMPLES_PER_SECOND, 24);
wav.writeUInt32LE(SAMPLES_PER_SECOND * BYTES_PER_SAMPLE, 28);
wav.writeUInt16LE(BYTES_PER_SAMPLE, 32);
wav.writeUInt16LE(8 * BYTES_PER_SAMPLE, 34);
wav.write("data", 36);
wav.writeUInt32LE(dataBytes, 40);
samples.forEach((sample, index) => {
  wav.writeInt16LE(Math.round((sample / peak) * LOUDEST * 32_767), HEADER_BYTES + index * BYTES_PER_SAMPLE);
});

await mkdir(FOLDER, { recursive: true });
await writeFile(join(FOLDER, "ring.wav"), wav);

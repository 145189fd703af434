import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { RING_SOUNDS, type RingSoundName } from "../extension/core/device-settings.ts";
import { ROOT } from "./setup/command.ts";

/** Makes the rings: `node scripts/ring-sound.ts`. Each ends in a breath, so that it can be looped. What it writes is committed. */
const FOLDER = join(ROOT, "extension", "public", "sounds");

const SAMPLES_PER_SECOND = 11_025;
const SECONDS = 2.6;
const LOUDEST = 0.5;

interface Ring {
  /** When each tone begins, in seconds, and its pitch in Hz. */
  tones: readonly { at: number; pitch: number }[];
  /** How high over the tone each partial is, how strong, and how fast it dies away. */
  partials: readonly { ratio: number; strength: number; decay: number }[];
}

const RINGS: Record<RingSoundName, Ring> = {
  /** A struck wooden bar. */
  marimba: {
    tones: [
      { at: 0, pitch: 523.25 },
      { at: 0.19, pitch: 659.26 },
      { at: 0.62, pitch: 523.25 },
      { at: 0.81, pitch: 659.26 },
    ],
    partials: [
      { ratio: 1, strength: 1, decay: 4 },
      { ratio: 2, strength: 0.18, decay: 6 },
      { ratio: 3.93, strength: 0.14, decay: 14 },
    ],
  },
  /** A small bell, which rings on for long. */
  bell: {
    tones: [
      { at: 0, pitch: 783.99 },
      { at: 0.45, pitch: 1046.5 },
    ],
    partials: [
      { ratio: 1, strength: 1, decay: 1.8 },
      { ratio: 2.76, strength: 0.3, decay: 3 },
      { ratio: 5.4, strength: 0.12, decay: 6 },
    ],
  },
  /** Short and low, to be heard through a wall. */
  pulse: {
    tones: [0, 0.16, 0.32, 0.9, 1.06, 1.22].map((at) => ({ at, pitch: 392 })),
    partials: [
      { ratio: 1, strength: 1, decay: 12 },
      { ratio: 2, strength: 0.5, decay: 14 },
      { ratio: 3, strength: 0.25, decay: 16 },
    ],
  },
};

function loudnessAt({ tones, partials }: Ring, time: number): number {
  let sum = 0;
  for (const { at, pitch } of tones) {
    const age = time - at;
    if (age < 0) continue;
    // A soft beginning, without a click.
    const attack = Math.min(1, age / 0.008);
    for (const { ratio, strength, decay } of partials) {
      sum += attack * strength * Math.exp(-decay * age) * Math.sin(2 * Math.PI * pitch * ratio * age);
    }
  }
  // The end is silent, so that the loop has no click either.
  return sum * Math.min(1, (SECONDS - time) / 0.3);
}

const HEADER_BYTES = 44;
const BYTES_PER_SAMPLE = 2;

function wavOf(ring: Ring): Buffer {
  const samples = Array.from({ length: Math.round(SAMPLES_PER_SECOND * SECONDS) }, (_, index) =>
    loudnessAt(ring, index / SAMPLES_PER_SECOND),
  );
  const peak = Math.max(...samples.map(Math.abs));
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
  return wav;
}

await mkdir(FOLDER, { recursive: true });
for (const name of RING_SOUNDS) await writeFile(join(FOLDER, `${name}.wav`), wavOf(RINGS[name]));

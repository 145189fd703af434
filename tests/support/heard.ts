import { until } from "./until.ts";

/** A page of whichever driver. */
interface Evaluating {
  evaluate: <T>(look: () => Promise<T>) => Promise<T>;
}

/** Half a second of sound, as browsers count it. */
const LISTEN_SAMPLES = 24_000;
/** A voice has far more energy than this in half a second, and silence none. */
const VOICE_ENERGY = 1e-6;

/** Listens to half a second of what arrives from the other side and is played, and tells whether there was any sound in it. */
export async function isHeard(page: Evaluating): Promise<boolean> {
  const before = await arrived(page);
  return until("more sound, be it silence", async () => {
    const now = await arrived(page);
    if (now.samples < before.samples + LISTEN_SAMPLES) return undefined;
    return now.energy - before.energy > VOICE_ENERGY;
  });
}

/** Waits until the other side is heard, or until it is not. */
export async function untilHeard(page: Evaluating, wanted: boolean): Promise<void> {
  await until(wanted ? "sound" : "silence", async () => ((await isHeard(page)) === wanted ? true : undefined));
}

function arrived(page: Evaluating): Promise<{ samples: number; energy: number }> {
  return page.evaluate(async () => {
    const { beckonWatch } = globalThis as unknown as { beckonWatch: { connections: RTCPeerConnection[] } };
    const sum = { samples: 0, energy: 0 };
    for (const connection of beckonWatch.connections) {
      (await connection.getStats()).forEach((report: RTCInboundRtpStreamStats) => {
        if (report.type !== "inbound-rtp" || report.kind !== "audio") return;
        sum.samples += report.totalSamplesReceived ?? 0;
        sum.energy += report.totalAudioEnergy ?? 0;
      });
    }
    return sum;
  });
}

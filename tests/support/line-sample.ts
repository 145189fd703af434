import type { Page } from "playwright-core";
import type { PictureStep } from "../../extension/core/picture-steps.ts";
import { until } from "./until.ts";

/** Eight seconds of sound, and the share of it that nobody hears was made up. */
const WHOLE_SAMPLES = 8 * 48_000;
const MADE_UP_SHARE = 0.02;

/** What a page's connection says of itself at one moment, counted since it was made. */
export interface LineSample {
  readonly atMs: number;
  /** In bytes, without what each packet is wrapped in. */
  readonly sent: { readonly picture: number; readonly sound: number };
  /** What the browser believes that it may send. */
  readonly roomBps: number;
  readonly roundTripMs: number;
  /** How the own picture is sent. */
  readonly step: PictureStep;
  /** Of the other side's sound: how many samples were played, and how many of them made up for what did not come in time. */
  readonly samples: number;
  readonly madeUp: number;
  /** Of the other side's picture. */
  readonly width: number;
  readonly height: number;
  readonly shown: number;
}

/** Must stand alone: it runs in the page. */
async function look(): Promise<LineSample> {
  const { beckonWatch } = globalThis as unknown as { beckonWatch: { connections: RTCPeerConnection[] } };
  // What is interrupted for a moment counts on.
  const open = beckonWatch.connections.find(({ signalingState }) => signalingState !== "closed");
  if (open === undefined) throw new Error("The page has no open connection.");
  type Report = Partial<Record<string, number | string>> & { type: string; id: string };
  const reports = [...((await open.getStats()) as unknown as Map<string, Report>).values()];
  const of = (type: string, kind?: string) =>
    reports.find((one) => one.type === type && (kind === undefined || one["kind"] === kind));
  const figure = (report: Report | undefined, name: string) => Number(report?.[name] ?? 0);
  const pair = reports.find(({ id }) => id === of("transport")?.["selectedCandidatePairId"]);
  const [sound, picture] = [of("inbound-rtp", "audio"), of("inbound-rtp", "video")];
  const encoding = open
    .getSenders()
    .find(({ track }) => track?.kind === "video")
    ?.getParameters().encodings[0];
  const steps = { 1: "full", 2: "smaller", 4: "smallest" } as const;
  const step = steps[(encoding?.scaleResolutionDownBy ?? 1) as keyof typeof steps];
  return {
    atMs: performance.now(),
    sent: {
      picture: figure(of("outbound-rtp", "video"), "bytesSent"),
      sound: figure(of("outbound-rtp", "audio"), "bytesSent"),
    },
    roomBps: figure(pair, "availableOutgoingBitrate"),
    roundTripMs: figure(pair, "currentRoundTripTime") * 1_000,
    step: encoding?.active === false ? "paused" : step,
    samples: figure(sound, "totalSamplesReceived"),
    madeUp: figure(sound, "concealedSamples"),
    width: figure(picture, "frameWidth"),
    height: figure(picture, "frameHeight"),
    shown: figure(picture, "framesDecoded"),
  };
}

export function sampleLine(call: Page): Promise<LineSample> {
  return call.evaluate(look);
}

/** The share of the other side's sound that was made up between two moments. */
export function madeUpShare(before: LineSample, now: LineSample): number {
  return (now.madeUp - before.madeUp) / Math.max(1, now.samples - before.samples);
}

/** Waits for some seconds of sound, one after the other, of which next to nothing was made up. */
export async function untilSoundIsWhole(call: Page, withinMs = 90_000): Promise<void> {
  let before = await sampleLine(call);
  const isWhole = async () => {
    const now = await sampleLine(call);
    if (now.samples - before.samples < WHOLE_SAMPLES) return undefined;
    const share = madeUpShare(before, now);
    before = now;
    return share < MADE_UP_SHARE ? true : undefined;
  };
  await until("sound that is whole", isWhole, withinMs);
}

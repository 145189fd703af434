import * as v from "valibot";
import type { Arriving, LineCounters, PictureFigures, Sent } from "../core/quality-types.ts";

const Figure = v.optional(v.pipe(v.number(), v.finite()));
const Name = v.optional(v.string());

/** Of the W3C's statistics what we use; browsers leave out one or another. Addresses are not among it. */
const Stream = v.object({
  id: v.string(),
  kind: v.picklist(["audio", "video"]),
  codecId: Name,
  frameWidth: Figure,
  frameHeight: Figure,
  framesPerSecond: Figure,
});
const Incoming = v.object({
  ...Stream.entries,
  packetsReceived: Figure,
  packetsLost: Figure,
  totalSamplesReceived: Figure,
  concealedSamples: Figure,
});
const Outgoing = v.object({ ...Stream.entries, packetsSent: Figure });
/** What the other side says of an outgoing stream. */
const Report = v.object({ localId: Name, fractionLost: Figure, roundTripTime: Figure });
const Codec = v.object({ id: v.string(), mimeType: v.string() });
const Source = v.object({ kind: v.string(), totalAudioEnergy: Figure, totalSamplesDuration: Figure });
const Transport = v.object({ selectedCandidatePairId: v.string() });
const Pair = v.object({
  id: v.string(),
  localCandidateId: Name,
  remoteCandidateId: Name,
  currentRoundTripTime: Figure,
  availableOutgoingBitrate: Figure,
  bytesReceived: Figure,
  /** Firefox's own mark of the one that is used. */
  selected: v.optional(v.boolean()),
});
const Candidate = v.object({ id: v.string(), candidateType: Name });

/** The reports of one look, by their type. */
type Reports = ReadonlyMap<unknown, readonly unknown[]>;

export async function readCounters(pc: RTCPeerConnection): Promise<LineCounters> {
  const reports = new Map<unknown, unknown[]>();
  (await pc.getStats()).forEach((report: { type: unknown }) => {
    const alike = reports.get(report.type);
    if (alike === undefined) reports.set(report.type, [report]);
    else alike.push(report);
  });
  return countersOf(reports);
}

function countersOf(reports: Reports): LineCounters {
  const codecs = new Map(all(reports, "codec", Codec).map(({ id, mimeType }) => [id, mimeType.replace(/^.*\//u, "")]));
  const incoming = all(reports, "inbound-rtp", Incoming);
  const outgoing = all(reports, "outbound-rtp", Outgoing);
  const said = all(reports, "remote-inbound-rtp", Report);
  const arriving = (kind: "audio" | "video"): Arriving | undefined => {
    const one = incoming.find((stream) => stream.kind === kind);
    if (one === undefined) return undefined;
    return {
      packets: one.packetsReceived ?? 0,
      lost: one.packetsLost ?? 0,
      samples: one.totalSamplesReceived,
      concealed: one.concealedSamples,
      codec: codecs.get(one.codecId ?? ""),
      picture: pictureOf(one),
    };
  };
  const sent = (kind: "audio" | "video"): Sent | undefined => {
    const one = outgoing.find((stream) => stream.kind === kind);
    if (one === undefined) return undefined;
    const lost = said.find(({ localId }) => localId === one.id)?.fractionLost;
    return { packets: one.packetsSent ?? 0, lost, codec: codecs.get(one.codecId ?? ""), picture: pictureOf(one) };
  };
  const way = wayOf(reports);
  return {
    arriving: { sound: arriving("audio"), picture: arriving("video") },
    sent: { sound: sent("audio"), picture: sent("video") },
    ...way,
    roundTripMs: way.roundTripMs ?? inMs(said.find((one) => one.roundTripTime !== undefined)?.roundTripTime),
    microphone: microphoneOf(reports),
  };
}

/** The pair of ends that everything goes between. */
function wayOf(reports: Reports): Pick<LineCounters, "roundTripMs" | "relayed" | "roomBps" | "bytesArrived"> {
  const chosen = all(reports, "transport", Transport)[0]?.selectedCandidatePairId;
  const pair = all(reports, "candidate-pair", Pair).find(({ id, selected }) => id === chosen || selected === true);
  const ends = [...all(reports, "local-candidate", Candidate), ...all(reports, "remote-candidate", Candidate)].filter(
    ({ id }) => id === pair?.localCandidateId || id === pair?.remoteCandidateId,
  );
  return {
    roundTripMs: inMs(pair?.currentRoundTripTime),
    relayed: ends.length === 0 ? undefined : ends.some(({ candidateType }) => candidateType === "relay"),
    roomBps: pair?.availableOutgoingBitrate,
    bytesArrived: pair?.bytesReceived,
  };
}

function microphoneOf(reports: Reports): LineCounters["microphone"] {
  const source = all(reports, "media-source", Source).find(({ kind }) => kind === "audio");
  if (source?.totalAudioEnergy === undefined || source.totalSamplesDuration === undefined) return undefined;
  return { energy: source.totalAudioEnergy, seconds: source.totalSamplesDuration };
}

function pictureOf({ frameWidth, frameHeight, framesPerSecond }: v.InferOutput<typeof Stream>) {
  if (frameWidth === undefined || frameHeight === undefined || frameWidth === 0) return undefined;
  return { width: frameWidth, height: frameHeight, perSecond: framesPerSecond ?? 0 } satisfies PictureFigures;
}

function inMs(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : Math.round(seconds * 1000);
}

function all<S extends v.GenericSchema>(reports: Reports, type: RTCStatsType, schema: S): v.InferOutput<S>[] {
  return (reports.get(type) ?? []).flatMap((report) => {
    const read = v.safeParse(schema, report);
    return read.success ? [read.output] : [];
  });
}

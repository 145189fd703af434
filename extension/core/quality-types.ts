import type { Gauge } from "./gauge.ts";
import type { PictureLadder, PictureStep } from "./picture-steps.ts";

/** Packets of one kind that come, counted since the connection was made. What the browser does not say is missing. */
export interface Arriving {
  packets: number;
  lost: number;
  /** Of sound: how many samples were played, and how many of them were made up for what did not come. */
  samples?: number | undefined;
  concealed?: number | undefined;
  codec?: string | undefined;
  picture?: PictureFigures | undefined;
}

/** Packets of one kind that are sent. */
export interface Sent {
  packets: number;
  /** The share that was lost, as the other side reported last. */
  lost?: number | undefined;
  codec?: string | undefined;
  picture?: PictureFigures | undefined;
}

export interface PictureFigures {
  width: number;
  height: number;
  perSecond: number;
}

/** What one look at a connection finds: no address, and nothing of what is said. */
export interface LineCounters {
  arriving: { sound?: Arriving | undefined; picture?: Arriving | undefined };
  sent: { sound?: Sent | undefined; picture?: Sent | undefined };
  roundTripMs?: number | undefined;
  /** Whether a relay stands between the two. */
  relayed?: boolean | undefined;
  /** What has come by the way that is used, without the checks whether it stands. */
  bytesArrived?: number | undefined;
  /** How many bits in a second the browser believes that it may send. */
  roomBps?: number | undefined;
  /** The microphone's sound as it is sent: its level squared, summed over the time. */
  microphone?: { energy: number; seconds: number } | undefined;
}

/** How the microphone's own sound was since the look before, also where it is muted. */
export interface OwnVoice {
  /** How often it was looked at, and how often it was as loud as a voice. */
  looks: number;
  loud: number;
  /** The greatest of its samples, from 0 to 1. */
  peak: number;
}

/** What the small indicator says. `weak` alone: whose network it is cannot be told. */
export type Verdict =
  "measuring" | "good" | "weak" | "weak-ours" | "weak-theirs" | "microphone-silent" | "muted-speaking";

/** Shares from 0 to 1. What is not known is missing. */
export interface LineFigures {
  roundTripMs?: number | undefined;
  relayed?: boolean | undefined;
  lostArriving?: number | undefined;
  lostSent?: number | undefined;
  soundCodec?: string | undefined;
  /** Missing where there is no camera's picture. */
  theirPicture?: (PictureFigures & { codec?: string | undefined }) | undefined;
  ownPicture?: (PictureFigures & { codec?: string | undefined }) | undefined;
}

/** What the page shows of the line. */
export interface QualityView {
  verdict: Verdict;
  /** Whether the line was weak before in this call, so that a `good` is worth a word. */
  wasWeak: boolean;
  figures: LineFigures;
  /** How the own picture is sent. */
  ownPicture: PictureStep;
  theirPicturePaused: boolean;
}

/** What a side says to the other of what it sends. */
export interface LineWord {
  weak: boolean;
  /** Its picture is not sent at all for now. */
  paused: boolean;
}

/** The quality of a call's line. Plain data; instants in ms by this machine. */
export interface QualityState {
  /** When the connection was made that is looked at; missing where there is none. */
  connectedAt?: number | undefined;
  before?: LineCounters | undefined;
  beforeAt?: number | undefined;
  /** When it last carried something again. */
  returnedAt?: number | undefined;
  /** Smoothed over some seconds. */
  lost: { arriving?: number | undefined; sent?: number | undefined; gaps?: number | undefined };
  sending: Gauge;
  arriving: Gauge;
  slow: Gauge;
  ladder: PictureLadder;
  /** Whether the camera's picture is sent, as far as the line lets it. */
  hasPicture: boolean;
  theirs?: LineWord | undefined;
  said: LineWord;
  microphone: MicrophoneWatch;
  verdict: Verdict;
  verdictAt: number;
  wasWeak: boolean;
  figures: LineFigures;
}

export interface MicrophoneWatch {
  at: "on" | "muted" | "none";
  track?: string | undefined;
  /** Whether anything ever came of this track. */
  heard: boolean;
  silentSince?: number | undefined;
  /** Grows with each second of speech while muted, and shrinks with each other. */
  speech: number;
}

export type QualityEvent =
  /** A connection was made, in the place of the one before. */
  | { type: "connected"; at: number }
  /** One look a second. */
  | {
      type: "looked";
      at: number;
      counters: LineCounters;
      /** Missing where the sound is not analysed. */
      voice?: OwnVoice | undefined;
      microphone: { at: "on" | "muted" | "none"; track?: string | undefined };
      /** Whether the cameras' pictures are sent; else a black one stands in or none. */
      pictures: { own: boolean; theirs: boolean };
    }
  /** The same connection carries again after it carried nothing. */
  | { type: "returned"; at: number }
  /** From the other side's page, decoded. */
  | { type: "heard"; word: LineWord }
  /** The channel for words is open: what was said before may not have come. */
  | { type: "line-open" };

export type QualityEffect = { type: "limit-picture"; step: PictureStep } | { type: "say"; word: LineWord };

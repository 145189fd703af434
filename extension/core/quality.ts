import { unreachable } from "#protocol";
import { isWrong, NOT_SO, weigh } from "./gauge.ts";
import { type LineLook, lookBetween } from "./line-look.ts";
import { type Step, step } from "./machine.ts";
import { isSilent, isSpeaking, NO_MICROPHONE, watchMicrophone } from "./microphone-watch.ts";
import { AMPLE, moveLadder, NEEDED_BPS, newLadder } from "./picture-steps.ts";
import type {
  LineCounters,
  LineFigures,
  LineWord,
  QualityEffect,
  QualityEvent,
  QualityState,
  QualityView,
  Verdict,
} from "./quality-types.ts";

type QualityStep = Step<QualityState, QualityEffect>;
type Looked = Extract<QualityEvent, { type: "looked" }>;

const MEASURING_MS = 4_000;
/** As long the browser finds out how much it may send, from little on. */
const WARM_UP_MS = 8_000;
/** What is measured counts half after twice this. */
const SMOOTH_MS = 3_000;
/** What is shown stays as long, unless the person's own act ends it. */
const HOLD_MS = 4_000;
/** As long after an interruption a report of the other side may still be of it: one on sound comes every 5 s. */
const REPORT_MS = 6_000;
const SPANS_MS = { so: 3_000, notSo: 8_000 };

/** From the first on something is wrong, up to the second it is well; what lies between changes nothing. */
const LOSS = { wrong: 0.05, well: 0.02 };
const LADDER_LOSS = { wrong: 0.08, well: 0.03 };
const ROUND_TRIP_MS = { wrong: 600, well: 400 };
const NEEDED_FOR_SOUND_BPS = 30_000;

const ALL_WELL: LineWord = { weak: false, paused: false };

export function newQuality(at: number): QualityState {
  return {
    lost: {},
    sending: NOT_SO,
    arriving: NOT_SO,
    slow: NOT_SO,
    ladder: newLadder(at),
    hasPicture: false,
    said: ALL_WELL,
    microphone: NO_MICROPHONE,
    verdict: "measuring",
    verdictAt: at,
    wasWeak: false,
    figures: {},
  };
}

export function updateQuality(state: QualityState, event: QualityEvent): QualityStep {
  switch (event.type) {
    case "connected":
      return connected(state, event.at);
    case "looked":
      return looked(state, event);
    case "returned":
      return step(returned(state, event.at));
    case "heard":
      return step({ ...state, theirs: event.word });
    case "line-open":
      return step<QualityState, QualityEffect>(state, { type: "say", word: state.said });
    default:
      return unreachable(event);
  }
}

export function viewOfQuality({ verdict, wasWeak, figures, ladder, hasPicture, theirs }: QualityState): QualityView {
  return {
    verdict,
    wasWeak,
    figures,
    ownPicture: hasPicture ? ladder.step : "full",
    theirPicturePaused: theirs?.paused ?? false,
  };
}

/** The steps of the picture outlast a connection: a line that was weak may still be. */
function connected(state: QualityState, at: number): QualityStep {
  const { ladder, microphone, said, wasWeak, figures } = state;
  return step<QualityState, QualityEffect>(
    { ...newQuality(at), connectedAt: at, ladder, microphone, said, wasWeak, figures: { relayed: figures.relayed } },
    { type: "limit-picture", step: ladder.step },
  );
}

/** What was lost while nothing was carried is no loss of the line as it is now. */
function returned(state: QualityState, at: number): QualityState {
  return {
    ...state,
    before: undefined,
    beforeAt: undefined,
    returnedAt: at,
    lost: {},
    ladder: { ...state.ladder, badSince: undefined, fineSince: undefined },
    sending: { is: state.sending.is },
    arriving: { is: state.arriving.is },
    slow: { is: state.slow.is },
  };
}

function looked(state: QualityState, event: Looked): QualityStep {
  const { at, counters, microphone, voice, pictures } = event;
  const { before, beforeAt } = state;
  const watched = watchMicrophone(state.microphone, {
    at,
    microphone,
    voice,
    before: before?.microphone,
    now: counters.microphone,
  });
  const seen: QualityState = {
    ...state,
    connectedAt: state.connectedAt ?? at,
    before: counters,
    beforeAt: at,
    microphone: watched,
  };
  if (before === undefined || beforeAt === undefined || at <= beforeAt) return step(seen);
  const measured = measure(seen, lookBetween(before, counters), { at, forMs: at - beforeAt, counters, pictures });
  const paused = pictures.own && measured.ladder.step === "paused";
  const word: LineWord = { weak: isSendingWeak(measured), paused };
  const isNews = word.weak !== state.said.weak || word.paused !== state.said.paused;
  const judged = judge({ ...measured, said: word, figures: figuresOf(measured, event) }, at);
  return step<QualityState, QualityEffect>(
    judged,
    ...(judged.ladder.step === state.ladder.step ? [] : [{ type: "limit-picture", step: judged.ladder.step } as const]),
    ...(isNews ? [{ type: "say", word } as const] : []),
  );
}

function measure(
  state: QualityState,
  look: LineLook,
  { at, forMs, counters, pictures }: Pick<Looked, "at" | "counters" | "pictures"> & { forMs: number },
): QualityState {
  const lost = {
    arriving: smoothed(state.lost.arriving, look.lostArriving, forMs),
    sent: smoothed(state.lost.sent, isReportOld(state, at) ? undefined : look.lostSent, forMs),
    gaps: smoothed(state.lost.gaps, look.gaps, forMs),
  };
  const needed = pictures.own ? NEEDED_BPS[state.ladder.step] : NEEDED_FOR_SOUND_BPS;
  const isWarm = at - (state.connectedAt ?? at) >= WARM_UP_MS;
  const roomBps = isWarm ? counters.roomBps : undefined;
  const room = { value: roomBps, wrong: needed, well: needed * AMPLE };
  const arrives = look.isStalled || isWrong({ value: lost.arriving, ...LOSS }, { value: lost.gaps, ...LOSS });
  return {
    ...state,
    lost,
    sending: weigh(state.sending, isWrong({ value: lost.sent, ...LOSS }, room), at, SPANS_MS),
    arriving: weigh(state.arriving, arrives, at, SPANS_MS),
    slow: weigh(state.slow, isWrong({ value: counters.roundTripMs, ...ROUND_TRIP_MS }), at, SPANS_MS),
    ladder: moveLadder(state.ladder, {
      at,
      isBad: isWrong({ value: lost.sent, ...LADDER_LOSS }, room),
      isSent: pictures.own,
      roomBps,
    }),
    hasPicture: pictures.own,
  };
}

function isReportOld({ returnedAt }: QualityState, at: number): boolean {
  return returnedAt !== undefined && at - returnedAt < REPORT_MS;
}

function isSendingWeak({ sending, ladder }: QualityState): boolean {
  return sending.is || ladder.step !== "full";
}

function judge(state: QualityState, at: number): QualityState {
  const verdict = verdictOf(state, at);
  if (verdict === state.verdict || !mayChange(state, at)) return state;
  const wasWeak = state.wasWeak || verdict.startsWith("weak");
  return { ...state, verdict, verdictAt: at, wasWeak };
}

function verdictOf(state: QualityState, at: number): Verdict {
  if (isSpeaking(state.microphone)) return "muted-speaking";
  if (isSilent(state.microphone, at)) return "microphone-silent";
  if (at - (state.connectedAt ?? at) < MEASURING_MS) return "measuring";
  const ours = isSendingWeak(state);
  const theirs = state.theirs?.weak ?? false;
  if (!ours && !theirs) return state.arriving.is || state.slow.is ? "weak" : "good";
  // What is bad in both directions may be either's network.
  if (ours && (theirs || state.arriving.is)) return "weak";
  return ours ? "weak-ours" : "weak-theirs";
}

function mayChange({ verdict, verdictAt, microphone }: QualityState, at: number): boolean {
  if (verdict === "measuring" || at - verdictAt >= HOLD_MS) return true;
  if (verdict === "muted-speaking") return microphone.at !== "muted";
  return verdict === "microphone-silent" && (microphone.at !== "on" || microphone.heard);
}

function smoothed(before: number | undefined, now: number | undefined, forMs: number): number | undefined {
  if (before === undefined || now === undefined) return now ?? before;
  return before + (now - before) * (1 - Math.exp(-forMs / SMOOTH_MS));
}

function figuresOf({ lost }: QualityState, { counters, pictures }: Looked): LineFigures {
  const { arriving, sent, roundTripMs, relayed } = counters;
  return {
    roundTripMs,
    relayed,
    lostArriving: lost.arriving,
    lostSent: lost.sent,
    soundCodec: arriving.sound?.codec ?? sent.sound?.codec,
    theirPicture: pictures.theirs ? pictureOf(arriving.picture) : undefined,
    ownPicture: pictures.own ? pictureOf(sent.picture) : undefined,
  };
}

function pictureOf(line: LineCounters["sent"]["picture"] | LineCounters["arriving"]["picture"]) {
  return line?.picture === undefined ? undefined : { ...line.picture, codec: line.codec };
}

import type { LineFigures, QualityView } from "../core/quality-types.ts";
import type { Text } from "../locales/text.ts";

/** Whether there is nothing about it that a person must read. */
export function isUntroubled({ verdict, ownPicture, theirPicturePaused }: QualityView): boolean {
  return (verdict === "good" || verdict === "measuring") && ownPicture !== "paused" && !theirPicturePaused;
}

/** What is read aloud when it changes: what is wrong, and that it is well again, but not that it was so from the start. */
export function qualityAnnounced(text: Text, { verdict, wasWeak }: QualityView): string {
  if (verdict === "measuring") return "";
  if (verdict === "good") return wasWeak ? text.t("quality.well-again") : "";
  return text.t(`quality.${verdict}`);
}

/** Which picture is not sent for now. */
export function pausedWords(text: Text, quality: QualityView, name: string): string[] {
  return [
    ...(quality.ownPicture === "paused" ? [text.t("quality.own-paused")] : []),
    ...(quality.theirPicturePaused ? [text.t("quality.their-paused", { name })] : []),
  ];
}

/** The figures by their names; what is not known has no row. */
export function figureRows(text: Text, { figures, ownPicture, theirPicturePaused }: QualityView) {
  const { roundTripMs, relayed, lostArriving, lostSent, soundCodec, theirPicture } = figures;
  const rows: [name: string, value: string | undefined][] = [
    [text.t("quality.round-trip"), roundTripMs === undefined ? undefined : text.t("quality.ms", { ms: roundTripMs })],
    [
      text.t("quality.way"),
      relayed === undefined ? undefined : text.t(relayed ? "quality.way-relayed" : "quality.way-direct"),
    ],
    [text.t("quality.lost-arriving"), shareWords(text, lostArriving)],
    [text.t("quality.lost-sent"), shareWords(text, lostSent)],
    [text.t("quality.their-picture"), theirPicturePaused ? undefined : pictureWords(text, theirPicture)],
    [text.t("quality.own-picture"), ownPictureWords(text, figures.ownPicture, ownPicture)],
    // Named in small letters alone of all codecs.
    [text.t("quality.sound"), soundCodec === "opus" ? "Opus" : soundCodec],
  ];
  return rows.flatMap(([name, value]) => (value === undefined ? [] : [{ name, value }]));
}

function ownPictureWords(
  text: Text,
  figures: LineFigures["ownPicture"],
  step: QualityView["ownPicture"],
): string | undefined {
  if (step === "paused") return text.t("quality.own-not-sent");
  const picture = pictureWords(text, figures);
  return picture === undefined || step === "full" ? picture : text.t("quality.own-smaller", { picture });
}

function pictureWords(text: Text, figures: LineFigures["theirPicture"]): string | undefined {
  if (figures === undefined) return undefined;
  const { width, height, perSecond, codec } = figures;
  const picture = text.t("quality.picture", { width, height, perSecond: Math.round(perSecond) });
  return codec === undefined ? picture : text.t("quality.picture-codec", { picture, codec });
}

function shareWords(text: Text, share: number | undefined): string | undefined {
  return share === undefined ? undefined : text.t("quality.share", { percent: Math.round(share * 1_000) / 10 });
}

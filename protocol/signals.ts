import * as v from "valibot";

/**
 * What the two devices of an accepted call say to each other in `call.signal`. The server hands it on unread, so the
 * receiver validates it; a shape that it does not know is ignored, since the other side may be newer.
 */
export const CallSignal = v.variant("kind", [
  /** What the sender's microphone and camera do now. */
  v.object({ kind: v.literal("media-state"), microphone: v.boolean(), camera: v.boolean() }),
  /** An SDP description of an ICE restart (RFC 8839), offered by the side that accepted. [CALL-13] */
  v.object({
    kind: v.literal("description"),
    sdp: v.pipe(v.string(), v.maxLength(12_000)),
    type: v.picklist(["offer", "answer"]),
  }),
  /** The caller asks the side that accepted for an offer that restarts ICE. [CALL-13] */
  v.object({ kind: v.literal("restart-please") }),
]);
export type CallSignal = v.InferOutput<typeof CallSignal>;

/** The signal in `data`, or undefined where it is of no known shape. */
export function decodeCallSignal(data: unknown): CallSignal | undefined {
  const read = v.safeParse(CallSignal, data);
  return read.success ? read.output : undefined;
}

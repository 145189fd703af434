const LOOK_EVERY_MS = 60;
/** What counts as silence, in dB below the loudest; a quiet room with a microphone lies above it. */
const FLOOR_DB = -60;

/**
 * Tells how loud a microphone is, from 0 to 1, and the greatest of its samples, until the answer is called; undefined where
 * this browser cannot analyse its sound, which calls can do without.
 */
export function watchLevel(
  track: MediaStreamTrack,
  tell: (level: number, peak: number) => void,
): (() => void) | undefined {
  const analysed = analyse(track);
  if (analysed === undefined) return undefined;
  const { context, source, analyser } = analysed;
  const samples = new Float32Array(analyser.fftSize);
  const looking = setInterval(() => {
    if (context.state !== "running") {
      // A browser may hold it back until the person has done something in the page; what it gives until then is no silence.
      if (navigator.userActivation.hasBeenActive) context.resume().catch(() => undefined);
      return;
    }
    analyser.getFloatTimeDomainData(samples);
    const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
    const peak = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
    tell(loudnessOf(power), peak);
  }, LOOK_EVERY_MS);
  return () => {
    clearInterval(looking);
    source.disconnect();
    // Nothing is left to wait for.
    void context.close();
  };
}

/** As people hear it: from 0, which counts as silence, to 1, the loudest there is. */
export function loudnessOf(power: number): number {
  return Math.min(1, Math.max(0, 1 - (10 * Math.log10(power || Number.MIN_VALUE)) / FLOOR_DB));
}

/** Without an output, or with more contexts than it allows, a browser refuses one. */
function analyse(track: MediaStreamTrack) {
  let context: AudioContext | undefined;
  try {
    context = new AudioContext();
    const source = context.createMediaStreamSource(new MediaStream([track]));
    const analyser = context.createAnalyser();
    source.connect(analyser);
    return { context, source, analyser };
  } catch {
    void context?.close();
    return undefined;
  }
}

/**
 * The sound of the screen and that of the microphone as one track, since a call has but one line for sound. The microphone's
 * own track is switched on and off as ever: what is muted stays muted in here, and the screen is heard on.
 */
export class SoundMix {
  readonly #context = new AudioContext();
  readonly #sink = this.#context.createMediaStreamDestination();
  #microphone: { track: MediaStreamTrack; source: MediaStreamAudioSourceNode } | undefined;

  constructor(screen: MediaStreamTrack) {
    try {
      this.#context.createMediaStreamSource(new MediaStream([screen])).connect(this.#sink);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** The two together; another microphone takes the place of the one before. */
  with(microphone: MediaStreamTrack): MediaStreamTrack {
    if (microphone !== this.#microphone?.track) {
      this.#microphone?.source.disconnect();
      const source = this.#context.createMediaStreamSource(new MediaStream([microphone]));
      source.connect(this.#sink);
      this.#microphone = { track: microphone, source };
    }
    const mixed = this.#sink.stream.getAudioTracks()[0];
    if (mixed === undefined) throw new Error("A destination for sound has a track of it");
    return mixed;
  }

  close(): void {
    for (const track of this.#sink.stream.getTracks()) track.stop();
    // Closed already is as good.
    this.#context.close().catch(() => undefined);
  }
}

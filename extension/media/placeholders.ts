const WIDTH = 160;
const HEIGHT = 120;
const FRAME_EVERY_MS = 500;

/** What is sent in the place of a device, until it is stopped. */
export interface StandIn {
  readonly track: MediaStreamTrack;
  /** Ends the track, and all that makes it. */
  stop: () => void;
}

/** A black picture that goes on being sent, slowly, so that the other side sees that the line stands. */
export function placeholderPicture(): StandIn {
  const canvas = document.createElement("canvas");
  canvas.width = WIDTH;
  canvas.height = HEIGHT;
  const pen = canvas.getContext("2d");
  pen?.fillRect(0, 0, WIDTH, HEIGHT);
  const track = firstTrack(canvas.captureStream());
  // A canvas gives a frame only when something was drawn.
  const drawing = setInterval(() => pen?.fillRect(0, 0, WIDTH, HEIGHT), FRAME_EVERY_MS);
  return {
    track,
    stop: () => {
      clearInterval(drawing);
      track.stop();
    },
  };
}

/** Sound without sound. */
export function silence(): StandIn {
  const context = new AudioContext();
  const source = context.createConstantSource();
  source.offset.value = 0;
  const sink = context.createMediaStreamDestination();
  // Without a source that runs nothing would be sent, not even silence.
  source.connect(sink);
  source.start();
  const track = firstTrack(sink.stream);
  return {
    track,
    stop: () => {
      track.stop();
      // Nothing is left to wait for.
      void context.close();
    },
  };
}

function firstTrack(stream: MediaStream): MediaStreamTrack {
  const track = stream.getTracks()[0];
  if (track === undefined) throw new Error("A stream that was made for one track has none");
  return track;
}

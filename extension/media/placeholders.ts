const WIDTH = 160;
const HEIGHT = 120;
const FRAME_EVERY_MS = 500;

/** A black picture that goes on being sent, slowly, so that the other side sees that the line stands. */
export function placeholderPicture(): MediaStreamTrack {
  const canvas = document.createElement("canvas");
  canvas.width = WIDTH;
  canvas.height = HEIGHT;
  const pen = canvas.getContext("2d");
  pen?.fillRect(0, 0, WIDTH, HEIGHT);
  const track = firstTrack(canvas.captureStream());
  const drawing = setInterval(() => {
    // A canvas gives a frame only when something was drawn.
    if (track.readyState === "live") pen?.fillRect(0, 0, WIDTH, HEIGHT);
    else clearInterval(drawing);
  }, FRAME_EVERY_MS);
  return track;
}

/** Sound without sound. */
export function silence(): MediaStreamTrack {
  const context = new AudioContext();
  const source = context.createConstantSource();
  source.offset.value = 0;
  const sink = context.createMediaStreamDestination();
  // Without a source that runs nothing would be sent, not even silence.
  source.connect(sink);
  source.start();
  return firstTrack(sink.stream);
}

function firstTrack(stream: MediaStream): MediaStreamTrack {
  const track = stream.getTracks()[0];
  if (track === undefined) throw new Error("A stream that was made for one track has none");
  return track;
}

import type { CallScene } from "./scenes.ts";

/** The streams that a call's scene has: painted, since no camera is asked for. */
export function streamsOf(
  scene: CallScene,
): Partial<Record<"ownStream" | "screenStream" | "remoteStream", MediaStream>> {
  return {
    ...(scene.ownScreen === true ? { screenStream: painted("#f2efe6", "#b9b2a0") } : {}),
    ...(scene.own === true ? { ownStream: painted("#8a7f99", "#4a4456") } : {}),
    ...(scene.remote === true ? { remoteStream: painted("#cfd8e6", "#7d8ba3") } : {}),
  };
}

/** Whoever paints at the moment. */
const painters = new Set<number>();

/** Stops the pictures that were painted so far. */
export function stopPictures(): void {
  for (const painter of painters) clearInterval(painter);
  painters.clear();
}

export function painted(light: string, dark: string): MediaStream {
  const canvas = document.createElement("canvas");
  canvas.width = 640;
  canvas.height = 400;
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("This browser paints no canvas");
  const paint = (): void => {
    const gradient = context.createLinearGradient(0, 0, canvas.width, canvas.height);
    gradient.addColorStop(0, light);
    gradient.addColorStop(1, dark);
    context.fillStyle = gradient;
    context.fillRect(0, 0, canvas.width, canvas.height);
  };
  paint();
  const stream = canvas.captureStream(10);
  // A captured canvas gives a frame for each time it is painted.
  painters.add(window.setInterval(paint, 100));
  return stream;
}

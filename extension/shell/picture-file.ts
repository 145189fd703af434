/** The longest side of a picture as it is sent; the server makes it smaller still. */
const SIDE = 512;
const QUALITY = 0.9;

/**
 * A picture out of a file, cut to a square of at most 512 pixels, as a data URL; undefined where the browser cannot read it
 * as one. Nothing of the file but its pixels goes on: no place, no camera, no date.
 */
export async function readPicture(file: Blob): Promise<string | undefined> {
  const bitmap = await createImageBitmap(file).catch(() => undefined);
  if (bitmap === undefined) return undefined;
  try {
    return await drawSquare(bitmap);
  } finally {
    bitmap.close();
  }
}

async function drawSquare(bitmap: ImageBitmap): Promise<string | undefined> {
  const cut = Math.min(bitmap.width, bitmap.height);
  const side = Math.min(cut, SIDE);
  const canvas = new OffscreenCanvas(side, side);
  const context = canvas.getContext("2d");
  if (context === null || side === 0) return undefined;
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, (bitmap.width - cut) / 2, (bitmap.height - cut) / 2, cut, cut, 0, 0, side, side);
  // A browser that writes no WebP writes PNG, of which 512 pixels by 512 may be more than the server takes.
  const webp = await canvas.convertToBlob({ type: "image/webp", quality: QUALITY });
  const blob = webp.type === "image/webp" ? webp : await canvas.convertToBlob({ type: "image/jpeg", quality: QUALITY });
  return dataUrlOf(blob);
}

function dataUrlOf(blob: Blob): Promise<string> {
  const reader = new FileReader();
  return new Promise((resolve, reject) => {
    // Read as a data URL, the result is text.
    reader.onload = () => resolve(reader.result as string);
    reader.onerror = () => reject(new Error("The picture could not be read", { cause: reader.error }));
    reader.readAsDataURL(blob);
  });
}

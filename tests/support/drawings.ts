import sharp from "sharp";

/** An upright rectangle, red above and blue below. */
export function drawing(width = 300, height = 600) {
  const red = { create: { width, height: height / 2, channels: 3 as const, background: "red" } };
  return sharp({ create: { width, height, channels: 3, background: "blue" } }).composite([
    { input: red, gravity: "north" },
  ]);
}

/** The colour in the middle of the upper and of the lower half. */
export async function halves(picture: Buffer): Promise<string[]> {
  const { data, info } = await sharp(picture).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return [0.25, 0.75].map((at) => {
    const from = (Math.floor(info.height * at) * info.width + info.width / 2) * 3;
    const [red = 0, , blue = 0] = data.subarray(from, from + 3);
    return red > blue ? "red" : "blue";
  });
}

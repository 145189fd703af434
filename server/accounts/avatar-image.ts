import sharp from "sharp";
import { oneByOne } from "./one-by-one.ts";
import { busy } from "./refusals.ts";

/** Both sides of every picture, in pixels. */
const SIDE = 256;
/** A file of 1 MB may unfold to any size. */
const MAX_PIXELS = 24_000_000;
const WITHIN_SECONDS = 5;
const FORMATS = ["jpeg", "png", "webp", "gif"];

/** What every picture is, whatever it was. */
export const AVATAR_TYPE = "image/webp";

// Whatever else the library could read stays shut, also where a file only says that it is one of these.
sharp.block({ operation: ["VipsForeignLoad"] });
sharp.unblock({
  operation: [
    "VipsForeignLoadJpegBuffer",
    "VipsForeignLoadPngBuffer",
    "VipsForeignLoadWebpBuffer",
    "VipsForeignLoadNsgifBuffer",
  ],
});
sharp.cache(false);

/** One picture is made at a time, so that many do not fill the memory together; and only so many may wait for that. */
const inTurn = oneByOne();
export const MOST_WAITING = 20;
let waiting = 0;

/**
 * A square picture made anew from whatever a person sent, upright and with nothing in it but what is seen: no place, no
 * camera, no comment. Undefined where it is no picture that can be shown. Rejects with a {@link Refusal} where too many wait.
 */
export async function avatarOf(image: Buffer): Promise<Buffer | undefined> {
  if (waiting >= MOST_WAITING) throw busy(WITHIN_SECONDS * 1_000);
  waiting += 1;
  return inTurn(async () => {
    waiting -= 1;
    try {
      const given = sharp(image, { limitInputPixels: MAX_PIXELS, failOn: "error", pages: 1 });
      const { format } = await given.metadata();
      if (!FORMATS.includes(format)) return undefined;
      return await given
        .timeout({ seconds: WITHIN_SECONDS })
        .autoOrient()
        .resize(SIDE, SIDE, { fit: "cover" })
        .webp({ quality: 82 })
        .toBuffer();
    } catch {
      // The library has no other word for what it cannot read.
      return undefined;
    }
  });
}

import type { Locator } from "playwright-core";
import decode from "qr/decode.js";
import sharp from "sharp";

/** What a camera reads in a QR code as it is drawn. Throws where it is none. */
export async function readQr(drawn: Locator): Promise<string> {
  const picture = sharp(await drawn.screenshot()).ensureAlpha();
  const { data, info } = await picture.raw().toBuffer({ resolveWithObject: true });
  return decode({ width: info.width, height: info.height, data });
}

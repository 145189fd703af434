import { buildGallery } from "./server.ts";

/** Before the tests: they find the gallery built, and never build it two at a time. */
export async function setup(): Promise<void> {
  await buildGallery();
}

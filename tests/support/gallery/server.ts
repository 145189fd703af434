import { svelte } from "@sveltejs/vite-plugin-svelte";
import { join } from "node:path";
import { build, preview } from "vite";
import { ROOT } from "../../../scripts/setup/command.ts";

/** Builds the gallery, each screen in each state, drawn from fixtures, and serves it on a free port of this machine. */
export async function serveGallery(): Promise<{ url: string; close: () => Promise<void> }> {
  const shared = {
    configFile: false,
    root: join(ROOT, "tests", "support", "gallery"),
    build: { outDir: join(ROOT, ".cache", "gallery", "build"), emptyOutDir: true, minify: false },
    logLevel: "error",
  } as const;
  await build({ ...shared, plugins: [svelte({ configFile: false })] });
  const server = await preview({ ...shared, preview: { host: "127.0.0.1", port: 0 } });
  const address = server.resolvedUrls?.local[0];
  if (address === undefined) throw new Error("The gallery listens nowhere");
  return { url: address, close: () => server.close() };
}

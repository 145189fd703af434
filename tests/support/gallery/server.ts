import { svelte } from "@sveltejs/vite-plugin-svelte";
import { existsSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build, preview } from "vite";
import { ROOT } from "../../../scripts/setup/command.ts";
import { hashOfSources } from "../../../scripts/setup/sources.ts";

const FOLDER = join(ROOT, ".cache", "gallery");
/** Says of which sources the build is. */
const STAMP = join(FOLDER, "sources.sha256");
const SOURCES = ["extension", "protocol", "tests/support/gallery", "package-lock.json"];

const shared = {
  configFile: false,
  root: join(ROOT, "tests", "support", "gallery"),
  build: { outDir: join(FOLDER, "build"), emptyOutDir: true, minify: false },
  logLevel: "error",
} as const;

/** Builds the gallery, each screen in each state, drawn from fixtures, unless it stands there built from just these sources. */
export async function buildGallery(): Promise<void> {
  const sources = await hashOfSources(SOURCES);
  if (existsSync(STAMP) && (await readFile(STAMP, "utf8")) === sources) return;
  await rm(STAMP, { force: true });
  await build({ ...shared, plugins: [svelte({ configFile: false })] });
  await writeFile(STAMP, sources);
}

/** Builds the gallery where it is not of now, and serves it on a free port of this machine. */
export async function serveGallery(): Promise<{ url: string; close: () => Promise<void> }> {
  await buildGallery();
  const server = await preview({ ...shared, preview: { host: "127.0.0.1", port: 0 } });
  const address = server.resolvedUrls?.local[0];
  if (address === undefined) throw new Error("The gallery listens nowhere");
  return { url: address, close: () => server.close() };
}

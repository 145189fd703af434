import { join } from "node:path";
import { lastLines, ROOT, runCommand } from "../../scripts/setup/command.ts";

/** Runs in a process of its own: Vite reads the environment of the one that it runs in. */
const BUILD = `
  const { build } = await import("wxt");
  await build({ root: process.argv[1], outDir: process.argv[2], browser: "chrome", debug: false });
`;

/** Builds the extension for Chrome so that it offers `server` at first, below `folder`; answers where it is. */
export async function buildOffering(server: string, folder: string, signal: AbortSignal): Promise<string> {
  const { code, output } = await runCommand(process.execPath, ["--input-type=module", "-e", BUILD, ROOT, folder], {
    signal,
    env: { ...process.env, BECKON_SERVER: server },
  });
  if (code !== 0) throw new Error(`The extension could not be built:\n${lastLines(output)}`);
  return join(folder, "chrome-mv3");
}

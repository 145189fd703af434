import { existsSync, readFileSync } from "node:fs";
import { lastLines, runCommand } from "./command.ts";

/** Whether packages can be installed without a question. */
export function isDebianRoot(): boolean {
  const release = "/etc/os-release";
  return process.getuid?.() === 0 && existsSync(release) && /^ID=debian$/m.test(readFileSync(release, "utf8"));
}

/** Installs packages on Debian as root; returns what went wrong. */
export async function installFromDebian(packages: readonly string[], signal: AbortSignal): Promise<string | undefined> {
  if (!isDebianRoot()) return undefined;
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  await runCommand("apt-get", ["update"], { signal, env });
  const install = ["install", "--yes", "--no-install-recommends", ...packages];
  const { code, output } = await runCommand("apt-get", install, { signal, env });
  return code === 0 ? undefined : lastLines(output);
}

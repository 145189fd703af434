import { execFileSync } from "node:child_process";
import { readFileSync, readlinkSync } from "node:fs";

/** Answers whether a process with this id runs, whoever's it is. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === "EPERM";
  }
}

/**
 * When a process began, in a form that only serves to compare: with it, a later process of the same id is told apart.
 * Undefined where no such process runs.
 */
export function beginningOf(pid: number): string | undefined {
  if (!isRunning(pid)) return undefined;
  try {
    if (process.platform !== "linux") return run("ps", ["-o", "lstart=", "-p", String(pid)]);
    // The name, which stands in brackets, may hold blanks; the start in clock ticks is the 20th field behind it.
    const fields =
      readFileSync(`/proc/${String(pid)}/stat`, "utf8")
        .split(") ")
        .at(-1)
        ?.split(" ") ?? [];
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    return `${boot} ${fields[19] ?? ""}`;
  } catch {
    return undefined;
  }
}

/** Answers whether a process works in this folder, which PostgreSQL does in its cluster and nobody else. */
export function worksIn(pid: number, folder: string): boolean {
  if (!isRunning(pid)) return false;
  try {
    if (process.platform === "linux") return readlinkSync(`/proc/${String(pid)}/cwd`) === folder;
    return run("ps", ["-o", "command=", "-p", String(pid)]).includes(folder);
  } catch {
    return false;
  }
}

/** Waits until a process is gone; answers false where it is still there after `withinMs`. */
export async function isGoneWithin(pid: number, withinMs: number): Promise<boolean> {
  const deadline = Date.now() + withinMs;
  while (isRunning(pid)) {
    if (Date.now() > deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return true;
}

/** The `code` of an error of the system, such as ENOENT. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

function run(command: string, args: string[]): string {
  return execFileSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
}

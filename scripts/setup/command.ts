import { execFileSync, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** The project's folder. */
export const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** A failure that the person at the keyboard can mend: it is shown as its sentence alone. */
export class SetupFailure extends Error {}

export interface CommandOptions {
  readonly signal: AbortSignal;
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Let its output through as it comes, and keep of it what it says of errors alone. */
  readonly show?: boolean;
  /** How long it may take to stop when aborted, before it is killed; 20 s unless said otherwise. */
  readonly stopWithinMs?: number;
}

export interface CommandResult {
  readonly code: number;
  /** What it wrote; where that was shown, what it wrote of errors. */
  readonly output: string;
}

const STOP_WITHIN_MS = 20_000;

/**
 * Runs a command to its end. It gets a process group of its own, so that aborting ends its children too.
 * Throws the signal's reason when aborted, and a `SetupFailure` when there is no such command.
 */
export async function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions,
): Promise<CommandResult> {
  options.signal.throwIfAborted();
  const child = spawn(command, args, {
    cwd: options.cwd ?? ROOT,
    env: options.env ?? process.env,
    stdio: ["ignore", options.show ? "inherit" : "pipe", "pipe"],
    detached: true,
  });
  let output = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => (output += text));
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    output += text;
    if (options.show) process.stderr.write(text);
  });

  let lastResort: NodeJS.Timeout | undefined;
  const stop = () => {
    killGroup(child.pid, "SIGTERM");
    lastResort = setTimeout(() => {
      killGroup(child.pid, "SIGKILL");
    }, options.stopWithinMs ?? STOP_WITHIN_MS);
  };
  options.signal.addEventListener("abort", stop, { once: true });
  try {
    const code = await new Promise<number>((resolve, reject) => {
      child.on("error", (cause) => {
        reject(new SetupFailure(`The command ${command} could not be started: ${cause.message}.`, { cause }));
      });
      child.on("close", (status) => {
        resolve(status ?? 1);
      });
    });
    options.signal.throwIfAborted();
    return { code, output };
  } finally {
    options.signal.removeEventListener("abort", stop);
    clearTimeout(lastResort);
  }
}

/** Whether a program of this name can be run. */
export function hasProgram(name: string): boolean {
  try {
    execFileSync("sh", ["-c", `command -v ${name}`], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** The last lines of what a failed command wrote. */
export function lastLines(output: string, count = 15): string {
  return output.trim().split("\n").slice(-count).join("\n");
}

function killGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // The group has ended by itself.
  }
}

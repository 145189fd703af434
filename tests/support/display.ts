import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { promisify } from "node:util";

const run = promisify(execFile);

/** A screen that nobody sees, for browsers that are to show themselves. */
export class Display {
  /** Its name, as in the environment variable DISPLAY. */
  readonly name: string;
  readonly close: () => Promise<void>;

  private constructor(name: string, close: () => Promise<void>) {
    this.name = name;
    this.close = close;
  }

  static async start(): Promise<Display> {
    const args = ["-displayfd", "3", "-screen", "0", "1280x900x24", "-nolisten", "tcp"];
    const xvfb = spawn("Xvfb", args, { stdio: ["ignore", "ignore", "ignore", "pipe"] });
    const ended = once(xvfb, "exit").then(([code]) => {
      throw new Error(`Xvfb ended at once, with ${String(code)}.`);
    });
    // The fourth of its ends, which is a pipe to be read: it tells the number of its screen there.
    const told = once(xvfb.stdio[3] as Readable, "data") as Promise<[Buffer]>;
    const [number] = await Promise.race([told, ended]);
    // Its end is awaited by who closes it.
    ended.catch(() => undefined);
    return new Display(`:${number.toString().trim()}`, async () => {
      const gone = once(xvfb, "exit");
      xvfb.kill("SIGTERM");
      await gone;
    });
  }

  /** Presses keys, as a keyboard does: whatever browser has the focus gets them first, and a page only what that leaves. */
  async press(keys: string): Promise<void> {
    await this.#xdotool("key", "--clearmodifiers", keys);
  }

  /** Gives the focus to the window whose title has this: without a desktop nobody else does. */
  async focus(title: string): Promise<void> {
    await this.#xdotool("search", "--sync", "--onlyvisible", "--name", title, "windowfocus", "--sync");
  }

  async #xdotool(...args: string[]): Promise<void> {
    await run("xdotool", args, { env: { ...process.env, DISPLAY: this.name }, timeout: 20_000 });
  }
}

import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/**
 * A network of its own for one program, joined to this machine by one link that can be taken away. It is removed, with
 * whatever runs in it, by a guard of its own that notices the end of this process, also a violent one.
 */
export class NetworkNamespace {
  readonly name: string;
  /** This machine, as it is seen from within. */
  readonly host: string;
  readonly #folder: string;
  readonly #guard: ChildProcess;

  private constructor(name: string, host: string, folder: string, guard: ChildProcess) {
    this.name = name;
    this.host = host;
    this.#folder = folder;
    this.#guard = guard;
  }

  static async make(): Promise<NetworkNamespace> {
    const { pid } = process;
    const name = `beckon-${String(pid)}`;
    // A network of two for each process: 10.213.0.0/16 is nobody's in particular.
    const place = (pid * 4) % 65_536;
    const address = (at: number) => `10.213.${String((place + at) >> 8)}.${String((place + at) & 255)}`;
    const outside = `bk${String(pid)}`;
    const folder = await mkdtemp(join(tmpdir(), "beckon-network-"));
    const guard = guardOf(name, outside, folder);
    const made = new NetworkNamespace(name, address(1), folder, guard);
    try {
      await run("ip", ["netns", "add", name]);
      await run("ip", ["link", "add", outside, "type", "veth", "peer", "name", "inside", "netns", name]);
      await run("ip", ["address", "add", `${address(1)}/30`, "dev", outside]);
      await run("ip", ["link", "set", outside, "up"]);
      await made.#within("address", "add", `${address(2)}/30`, "dev", "inside");
      await made.#within("link", "set", "lo", "up");
      await made.joinLink();
    } catch (error) {
      await made.remove();
      throw error;
    }
    return made;
  }

  /** Takes the link away: nothing gets through, and the programs within see that the network is gone. */
  async cutLink(): Promise<void> {
    await this.#within("link", "set", "inside", "down");
  }

  async joinLink(): Promise<void> {
    await this.#within("link", "set", "inside", "up");
  }

  /** A program that runs another within, with the same arguments and files. */
  async within(program: string): Promise<string> {
    const wrapper = join(this.#folder, "within");
    await writeFile(wrapper, `#!/bin/sh\nexec ip netns exec ${this.name} ${program} "$@"\n`);
    await chmod(wrapper, 0o755);
    return wrapper;
  }

  /** Ends what runs within, and removes everything. */
  async remove(): Promise<void> {
    if (this.#guard.exitCode !== null) return;
    const gone = once(this.#guard, "exit");
    this.#guard.stdin?.end();
    await gone;
  }

  async #within(...args: string[]): Promise<void> {
    await run("ip", ["-n", this.name, ...args]);
  }
}

/** Waits for the end of its input, which comes with the end of this process, and removes everything. */
function guardOf(name: string, outside: string, folder: string): ChildProcess {
  const script = `
    cat >/dev/null
    ip netns pids ${name} 2>/dev/null | xargs -r kill -9 2>/dev/null
    ip link del ${outside} 2>/dev/null
    ip netns del ${name} 2>/dev/null
    rm -rf ${folder}`;
  // A group of its own: a Ctrl-C is not for it.
  return spawn("sh", ["-c", script], { stdio: ["pipe", "ignore", "ignore"], detached: true });
}

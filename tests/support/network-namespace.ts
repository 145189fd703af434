import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Seen from within. */
export type Way = "up" | "down";

/** How long what is sent waits at a narrow link before it is lost. */
const QUEUE_MS = 300;
/** A packet must pass whole, and two must find room to wait. */
const BURST_BYTES = 2_000;
const LEAST_QUEUE_BYTES = 3_000;

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
  /** Of the link's end at this machine; the number also names what else is made for it. */
  readonly #pid = process.pid;
  #isBlindMade = false;

  private constructor(name: string, host: string, folder: string, guard: ChildProcess) {
    this.name = name;
    this.host = host;
    this.#folder = folder;
    this.#guard = guard;
  }

  static async make(): Promise<NetworkNamespace> {
    const { pid } = process;
    const name = `beckon-${String(pid)}`;
    const address = (at: number) => addressOf(pid, at);
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

  /** Loses every packet of UDP on its way, in both directions, as calls go by; connections of TCP stand. */
  async cutMedia(): Promise<void> {
    if (!this.#isBlindMade) await this.#makeBlindEnds();
    this.#isBlindMade = true;
    await this.#leadAstray("add");
  }

  async joinMedia(): Promise<void> {
    await this.#leadAstray("del");
  }

  /**
   * Lets no more than so much through in one direction: `up` is what the programs within send. What comes faster waits, as
   * it does at a modem, and what would wait for too long is lost.
   */
  async narrow(way: Way, kbits: number): Promise<void> {
    const queue = Math.max(LEAST_QUEUE_BYTES, (kbits * QUEUE_MS) / 8);
    const room = ["rate", `${String(kbits)}kbit`, "burst", String(BURST_BYTES), "limit", String(Math.round(queue))];
    await this.#shape(way, "replace", ["tbf", ...room]);
  }

  async widen(way: Way): Promise<void> {
    await this.#shape(way, "del", []);
  }

  /** Gives the programs within another address, and takes away the one that they had; this machine is where it was. */
  async changeAddress(): Promise<void> {
    const other = (at: number) => addressOf(this.#pid, at, 214);
    await run("ip", ["address", "add", `${other(1)}/30`, "dev", `bk${String(this.#pid)}`]);
    await this.#within("address", "add", `${other(2)}/30`, "dev", "inside");
    await this.#within("address", "del", `${addressOf(this.#pid, 2)}/30`, "dev", "inside");
    await this.#within("route", "add", this.host, "via", other(1));
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

  /** Links whose other end listens to nobody: what goes there is lost without a word. */
  async #makeBlindEnds(): Promise<void> {
    const [blind, deaf, table] = [`bkx${String(this.#pid)}`, `bky${String(this.#pid)}`, String(this.#pid)];
    for (const ip of [(args: string[]) => run("ip", args), (args: string[]) => this.#within(...args)]) {
      await ip(["link", "add", blind, "arp", "off", "type", "veth", "peer", "name", deaf]);
      await ip(["link", "set", deaf, "up"]);
      await ip(["link", "set", blind, "up"]);
      await ip(["route", "add", "default", "dev", blind, "table", table]);
    }
  }

  /** By rules that lead UDP to the blind ends, before the table of true ways is asked. */
  async #leadAstray(act: "add" | "del"): Promise<void> {
    const rule = (to: string) => ["rule", act, "pref", "77", "to", to, "ipproto", "udp", "lookup", String(this.#pid)];
    await this.#within(...rule("0.0.0.0/0"));
    for (const second of [213, 214]) await run("ip", rule(`${addressOf(this.#pid, 0, second)}/30`));
  }

  async #shape(way: Way, act: "replace" | "del", room: readonly string[]): Promise<void> {
    const end = way === "up" ? ["-n", this.name] : [];
    const device = way === "up" ? "inside" : `bk${String(this.#pid)}`;
    await run("tc", [...end, "qdisc", act, "dev", device, "root", ...room]);
  }

  async #within(...args: string[]): Promise<void> {
    await run("ip", ["-n", this.name, ...args]);
  }
}

/** A network of two for each process: 10.213.0.0/16 and the one after it are nobody's in particular. */
function addressOf(pid: number, at: number, second = 213): string {
  const place = ((pid * 4) % 65_536) + at;
  return `10.${String(second)}.${String(place >> 8)}.${String(place & 255)}`;
}

/** Waits for the end of its input, which comes with the end of this process, and removes everything. */
function guardOf(name: string, outside: string, folder: string): ChildProcess {
  const pid = String(process.pid);
  const script = `
    cat >/dev/null
    ip netns pids ${name} 2>/dev/null | xargs -r kill -9 2>/dev/null
    ip link del ${outside} 2>/dev/null
    ip link del bkx${pid} 2>/dev/null
    while ip rule del pref 77 lookup ${pid} 2>/dev/null; do :; done
    ip netns del ${name} 2>/dev/null
    rm -rf ${folder}`;
  // A group of its own: a Ctrl-C is not for it.
  return spawn("sh", ["-c", script], { stdio: ["pipe", "ignore", "ignore"], detached: true });
}

import { type ChildProcess, spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Person, say } from "./people.ts";
import { until } from "./until.ts";

const SECRET = "the relay's secret, shared with the server";

/** A real coturn on this machine alone, as an operator runs it but that it may relay to this machine itself. */
export class Relay {
  readonly port: number;
  #process: ChildProcess;
  readonly #folder: string;
  #log = "";

  private constructor(port: number, folder: string) {
    this.port = port;
    this.#folder = folder;
    this.#process = this.#spawn();
  }

  static async start(): Promise<Relay> {
    const folder = await mkdtemp(join(tmpdir(), "beckon-relay-"));
    const relay = new Relay(await freePort(), folder);
    await relay.#untilListens();
    return relay;
  }

  /** For the server's environment. */
  get env(): Record<string, string> {
    return { TURN_URLS: `turn:127.0.0.1:${String(this.port)}`, TURN_SECRET: SECRET };
  }

  /** What coturn wrote so far. */
  get log(): string {
    return this.#log;
  }

  /** Ends it with all that it relays. */
  async stop(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const over = once(this.#process, "exit");
    this.#process.kill("SIGKILL");
    await over;
  }

  /** Starts it anew at the same address. */
  async startAgain(): Promise<void> {
    this.#log = "";
    this.#process = this.#spawn();
    await this.#untilListens();
  }

  async close(): Promise<void> {
    await this.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }

  #spawn(): ChildProcess {
    const settings = [
      "-n",
      "--listening-ip=127.0.0.1",
      "--relay-ip=127.0.0.1",
      "--allow-loopback-peers",
      `--listening-port=${String(this.port)}`,
      "--use-auth-secret",
      `--static-auth-secret=${SECRET}`,
      "--realm=beckon",
      "--fingerprint",
      "--no-tls",
      "--no-dtls",
      "--no-cli",
      "--no-multicast-peers",
      "--verbose",
      "--log-file=stdout",
      `--userdb=${join(this.#folder, "users.db")}`,
      `--pidfile=${join(this.#folder, "pid")}`,
    ];
    const started = spawn("turnserver", settings, { stdio: ["ignore", "pipe", "pipe"] });
    const note = (chunk: Buffer) => (this.#log += chunk.toString());
    started.stdout.on("data", note);
    started.stderr.on("data", note);
    return started;
  }

  async #untilListens(): Promise<void> {
    await until("relay that listens", () => {
      if (this.#process.exitCode !== null) throw new Error(`coturn ended:\n${this.#log}`);
      return Promise.resolve(/listener opened on/i.test(this.#log) ? true : undefined);
    });
  }
}

async function freePort(): Promise<number> {
  const socket = createSocket("udp4").bind(0, "127.0.0.1");
  await once(socket, "listening");
  const { port } = socket.address();
  socket.close();
  return port;
}

/** The person's choice in their settings. */
export async function goByRelayAlone(person: Person): Promise<void> {
  const page = await person.browser.openSettings();
  await page.getByRole("switch", { name: say("settings.relay") }).check();
  await page.close();
}

import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { promisify } from "node:util";
import * as v from "valibot";
import { PER_SECOND, voice } from "./microphone-sound.ts";
import { until } from "./until.ts";

const run = promisify(execFile);

/** Without anybody who uses it, as after a violent end of the tests, it ends by itself. */
const IDLE_SECONDS = 60;

const BROWSERS = /^(Chromium|Firefox)/u;

type End = "microphone" | "speaker";

/** What PulseAudio calls the two ends, the streams to them, and the streams' word for where they lead. */
const WORDS = {
  microphone: { devices: "sources", streams: "source-outputs", at: "source", useByDefault: "set-default-source" },
  speaker: { devices: "sinks", streams: "sink-inputs", at: "sink", useByDefault: "set-default-sink" },
} as const;

const Devices = v.array(v.object({ index: v.number(), name: v.string() }));
const Streams = v.array(
  v.object({
    source: v.optional(v.number()),
    sink: v.optional(v.number()),
    corked: v.boolean(),
    properties: v.record(v.string(), v.string()),
  }),
);

/**
 * A PulseAudio of a test's own. To a browser that is pointed at it, its microphones and speakers are as real as any: they are
 * plugged in and out, and the system has a choice of its own among them.
 */
export class SoundSystem {
  readonly #folder: string;
  readonly #process: ChildProcess;
  /** By the name of each device, what PulseAudio calls its part that comes and goes. */
  readonly #plugged = new Map<string, string>();
  /** By the name of each microphone, who speaks into it. */
  readonly #voices = new Map<string, ChildProcess>();
  #log = "";

  private constructor(folder: string) {
    this.#folder = folder;
    this.#process = spawn(
      "pulseaudio",
      [
        ...["-n", "--daemonize=no", "--use-pid-file=no", "--disable-shm=yes", "--log-target=stderr"],
        ...["--high-priority=no", "--realtime=no", `--exit-idle-time=${String(IDLE_SECONDS)}`],
        `--load=module-native-protocol-unix socket=${this.#socket} auth-anonymous=1`,
      ],
      { stdio: ["ignore", "ignore", "pipe"], env: this.#env },
    );
    this.#process.stderr?.on("data", (chunk: Buffer) => (this.#log += chunk.toString()));
  }

  static async start(): Promise<SoundSystem> {
    const made = new SoundSystem(await mkdtemp(join(tmpdir(), "beckon-sound-")));
    try {
      await until("sound system", () => made.#answers());
    } catch (error) {
      await made.close();
      throw error;
    }
    return made;
  }

  /** Where programs find it, as their environment says. */
  get server(): string {
    return `unix:${this.#socket}`;
  }

  /** A device of this name is there from now on. Into a microphone somebody speaks all the time, or nobody. */
  async plugIn(end: End, name: string, sound: "voice" | "nothing" = "nothing"): Promise<void> {
    if (end === "speaker") {
      this.#plugged.set(name, await this.#pactl("load-module", "module-null-sink", ...named("sink", name)));
      return;
    }
    const wire = `wire-of-${name}`;
    if (!(await this.#isThere("speaker", wire))) {
      await this.#pactl("load-module", "module-null-sink", ...named("sink", wire));
      if (sound === "voice") this.#voices.set(name, this.#speakInto(wire));
    }
    const microphone = ["module-remap-source", `master=${wire}.monitor`, ...named("source", name)];
    this.#plugged.set(name, await this.#pactl("load-module", ...microphone));
  }

  async plugOut(name: string): Promise<void> {
    const module = this.#plugged.get(name);
    if (module === undefined) throw new Error(`There is no ${name} to plug out.`);
    this.#plugged.delete(name);
    await this.#pactl("unload-module", module);
  }

  /** It is the system's own choice from now on. */
  async choose(end: End, name: string): Promise<void> {
    await this.#pactl(WORDS[end].useByDefault, name);
  }

  /** The microphones that browsers record, or the speakers that they play at. */
  async inUse(end: End): Promise<string[]> {
    const { devices, streams, at } = WORDS[end];
    const [all, open] = await Promise.all([this.#list(devices, Devices), this.#list(streams, Streams)]);
    return open
      .filter(({ corked, properties }) => !corked && BROWSERS.test(properties["application.name"] ?? ""))
      .map((stream) => all.find(({ index }) => index === stream[at])?.name ?? "nowhere");
  }

  async close(): Promise<void> {
    for (const speaker of this.#voices.values()) speaker.kill("SIGKILL");
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      const over = once(this.#process, "exit");
      this.#process.kill("SIGKILL");
      await over;
    }
    await rm(this.#folder, { recursive: true, force: true });
  }

  get #socket(): string {
    return join(this.#folder, "native");
  }

  /** Nothing of it is found or left in the folders of whoever runs the tests. */
  get #env(): NodeJS.ProcessEnv {
    return { ...process.env, HOME: this.#folder, XDG_RUNTIME_DIR: this.#folder, PULSE_SERVER: this.server };
  }

  #speakInto(wire: string): ChildProcess {
    const sound = ["--raw", `--rate=${String(PER_SECOND)}`, "--channels=1", "--format=s16le"];
    const player = spawn("pacat", ["--playback", `--device=${wire}`, ...sound], {
      stdio: ["pipe", "ignore", "ignore"],
      env: this.#env,
    });
    // Broken off when the player ends.
    player.stdin.on("error", () => undefined);
    Readable.from(forever(voice())).pipe(player.stdin);
    return player;
  }

  async #answers(): Promise<true | undefined> {
    if (this.#process.exitCode !== null) throw new Error(`PulseAudio ended:\n${this.#log}`);
    return this.#pactl("info").then(
      () => true,
      () => undefined,
    );
  }

  async #isThere(end: End, name: string): Promise<boolean> {
    return (await this.#list(WORDS[end].devices, Devices)).some((one) => one.name === name);
  }

  async #list<S extends typeof Devices | typeof Streams>(what: string, schema: S): Promise<v.InferOutput<S>> {
    return v.parse(schema, JSON.parse(await this.#pactl("--format=json", "list", what)));
  }

  async #pactl(...args: string[]): Promise<string> {
    const { stdout } = await run("pactl", args, { env: this.#env });
    return stdout.trim();
  }
}

/** A device's name to PulseAudio, and to people. */
function named(kind: "sink" | "source", name: string): string[] {
  return [`${kind}_name=${name}`, `${kind}_properties=device.description=${name}`];
}

function* forever(sound: Uint8Array): Generator<Uint8Array> {
  for (;;) yield sound;
}

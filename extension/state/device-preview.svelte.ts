import type { DeviceOutcome } from "../core/link-types.ts";
import { openBoth, openOne } from "../media/ask-devices.ts";
import { watchLevel } from "../media/level.ts";
import { sendCommand } from "../messaging/page.ts";
import { appView } from "./app-view.svelte.ts";

type Kind = "camera" | "microphone";
type Problem = Exclude<DeviceOutcome, "on">;
type Option = { id: string; label: string };

const KINDS = ["camera", "microphone"] as const;

/** Camera and microphone before the person's own eyes alone. Every track ends with {@link close}. */
class DevicePreview {
  #state = $state.raw<"off" | "asking" | "on">("off");
  #tracks = $state.raw<Partial<Record<Kind, MediaStreamTrack>>>({});
  #problems = $state.raw<Partial<Record<Kind, Problem | undefined>>>({});
  #options = $state.raw<Record<Kind, Option[]>>({ camera: [], microphone: [] });
  #level = $state(0);
  readonly #stream = $derived(this.#tracks.camera && new MediaStream([this.#tracks.camera]));
  #stopLevel: (() => void) | undefined;
  /** Counts the openings, so that what a prompt still gives to a closed one is stopped at once. */
  #opening = 0;

  get state(): "off" | "asking" | "on" {
    return this.#state;
  }

  get stream(): MediaStream | undefined {
    return this.#stream;
  }

  get level(): number {
    return this.#level;
  }

  problem(kind: Kind): Problem | undefined {
    return this.#problems[kind];
  }

  options(kind: Kind): Option[] {
    return this.#options[kind];
  }

  chosen(kind: Kind): string | undefined {
    return this.#tracks[kind]?.getSettings().deviceId;
  }

  /** Asks for both in one prompt, and for each by itself where that fails. Within a click. */
  async open(wanted: Partial<Record<Kind, string | undefined>>): Promise<void> {
    this.close();
    const opening = this.#opening;
    this.#state = "asking";
    const both = await openBoth(wanted);
    if (typeof both !== "string") this.#take(both, opening);
    else for (const kind of KINDS) await this.#openOne(kind, wanted[kind], opening);
    if (opening !== this.#opening) return;
    this.#state = "on";
    await this.#list();
    navigator.mediaDevices.addEventListener("devicechange", this.#changed);
  }

  async choose(kind: Kind, id: string): Promise<void> {
    this.#drop(kind);
    await this.#openOne(kind, id, this.#opening);
  }

  close(): void {
    this.#opening += 1;
    for (const kind of KINDS) this.#drop(kind);
    this.#state = "off";
    this.#problems = {};
    navigator.mediaDevices.removeEventListener("devicechange", this.#changed);
  }

  readonly #changed = (): void => void this.#list();

  async #openOne(kind: Kind, id: string | undefined, opening: number): Promise<void> {
    const got = await openOne(kind, { [kind]: id });
    if (typeof got !== "string") this.#take(got, opening);
    else if (opening === this.#opening) this.#problems = { ...this.#problems, [kind]: got };
  }

  #take(stream: MediaStream, opening: number): void {
    for (const track of stream.getTracks()) {
      const kind = track.kind === "video" ? "camera" : "microphone";
      if (opening !== this.#opening) {
        track.stop();
        continue;
      }
      this.#drop(kind);
      this.#problems = { ...this.#problems, [kind]: undefined };
      this.#tracks = { ...this.#tracks, [kind]: track };
      // Not fired by our own stop(): the device went away.
      track.addEventListener("ended", () => this.#ended(kind, track));
      if (kind === "microphone") this.#stopLevel = watchLevel(track, (level) => (this.#level = level));
    }
  }

  #ended(kind: Kind, track: MediaStreamTrack): void {
    if (this.#tracks[kind] !== track) return;
    this.#drop(kind);
    this.#problems = { ...this.#problems, [kind]: "missing" };
  }

  #drop(kind: Kind): void {
    const { [kind]: track, ...others } = this.#tracks;
    track?.stop();
    this.#tracks = others;
    if (kind !== "microphone") return;
    this.#stopLevel?.();
    this.#stopLevel = undefined;
    this.#level = 0;
  }

  /** Their names are known once one of them was allowed. */
  async #list(): Promise<void> {
    const all = await navigator.mediaDevices.enumerateDevices().catch(() => []);
    const of = (kind: MediaDeviceKind): Option[] =>
      all
        .filter((one) => one.kind === kind && one.deviceId !== "")
        .map(({ deviceId, label }) => ({ id: deviceId, label }));
    this.#options = { camera: of("videoinput"), microphone: of("audioinput") };
  }
}

const devices = new DevicePreview();

/** What a page shows of it. */
export const devicePreview = {
  get state() {
    return devices.state;
  },
  get stream() {
    return devices.stream;
  },
  get level() {
    return devices.level;
  },
  problem: (kind: Kind) => devices.problem(kind),
  options: (kind: Kind) => devices.options(kind),
  chosen: (kind: Kind) => devices.chosen(kind),
  onopen: () => void devices.open(appView.view?.device ?? {}),
  /** Calls on this device use it from now on. */
  onchoose: (kind: Kind, id: string) => {
    void devices.choose(kind, id);
    void sendCommand({ type: "setDevice", change: { [kind]: id } });
  },
  onclose: () => devices.close(),
};

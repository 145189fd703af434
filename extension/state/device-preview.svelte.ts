import type { DeviceOutcome } from "../core/link-types.ts";
import { mayUse, openBoth, openOne } from "../media/ask-devices.ts";
import { shownChoice } from "../media/device-alias.ts";
import { followDevices, type ListedDevice, listDevices, withoutAliases } from "../media/device-list.ts";
import { watchLevel } from "../media/level.ts";
import { sendCommand } from "../messaging/page.ts";
import { appView } from "./app-view.svelte.ts";

type Kind = "camera" | "microphone";
type Problem = Exclude<DeviceOutcome, "on">;

const KINDS = ["camera", "microphone"] as const;

/** Camera and microphone before the person's own eyes alone. Every track ends with {@link close}. */
class DevicePreview {
  #state = $state.raw<"off" | "asking" | "on">("off");
  #tracks = $state.raw<Partial<Record<Kind, MediaStreamTrack>>>({});
  #problems = $state.raw<Partial<Record<Kind, Problem | undefined>>>({});
  #options = $state.raw<Record<Kind, ListedDevice[]>>({ camera: [], microphone: [] });
  /** What the person chose; undefined where it is the system's own choice. */
  #wishes = $state.raw<Partial<Record<Kind, string | undefined>>>({});
  #level = $state(0);
  readonly #stream = $derived(this.#tracks.camera && new MediaStream([this.#tracks.camera]));
  #stopLevel: (() => void) | undefined;
  #following: AbortController | undefined;
  /** Counts the openings, so that what a prompt still gives to a closed one is stopped at once. */
  #opening = 0;
  /** Counts the choices of each, for the same reason. */
  readonly #choices = { camera: 0, microphone: 0 };

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

  options(kind: Kind): ListedDevice[] {
    return this.#options[kind];
  }

  chosen(kind: Kind): string | undefined {
    return shownChoice(this.#options[kind], this.#wishes[kind], this.#tracks[kind]?.getSettings().deviceId);
  }

  /** Asks for both in one prompt, and for each by itself where that fails. Within a click. */
  async open(wanted: Partial<Record<Kind, string | undefined>>): Promise<void> {
    this.close();
    const { camera, microphone } = wanted;
    this.#wishes = { camera, microphone };
    const opening = this.#opening;
    const isWanted = () => opening === this.#opening;
    this.#state = "asking";
    const both = await openBoth(wanted);
    if (typeof both !== "string") {
      this.#take(both, isWanted);
      if (isWanted() && both.getAudioTracks().length === 0)
        this.#problems = { ...this.#problems, microphone: "missing" };
    } else for (const kind of KINDS) await this.#openOne(kind, wanted[kind], isWanted);
    if (!isWanted()) return;
    this.#state = "on";
    this.#following = new AbortController();
    followDevices(() => void this.#list(), this.#following.signal);
    await this.#list();
  }

  /** Of two choices in a row the later one counts, whichever is answered first. */
  async choose(kind: Kind, id: string | undefined): Promise<void> {
    this.#drop(kind);
    this.#wishes = { ...this.#wishes, [kind]: id };
    const opening = this.#opening;
    const choice = (this.#choices[kind] += 1);
    await this.#openOne(kind, id, () => opening === this.#opening && choice === this.#choices[kind]);
  }

  close(): void {
    this.#opening += 1;
    for (const kind of KINDS) this.#drop(kind);
    this.#state = "off";
    this.#problems = {};
    this.#following?.abort();
  }

  async #openOne(kind: Kind, id: string | undefined, isWanted: () => boolean): Promise<void> {
    const got = await openOne(kind, { [kind]: id });
    if (typeof got !== "string") this.#take(got, isWanted);
    else if (isWanted()) this.#problems = { ...this.#problems, [kind]: got };
  }

  #take(stream: MediaStream, isWanted: () => boolean): void {
    for (const track of stream.getTracks()) {
      const kind = track.kind === "video" ? "camera" : "microphone";
      if (!isWanted()) {
        track.stop();
        continue;
      }
      this.#drop(kind);
      this.#problems = { ...this.#problems, [kind]: undefined };
      // Held before anything else is done with it: a track that nobody holds is never stopped.
      this.#tracks = { ...this.#tracks, [kind]: track };
      // Not fired by our own stop(): the device went away.
      track.addEventListener("ended", () => void this.#ended(kind, track));
      if (kind === "microphone") this.#stopLevel = watchLevel(track, (level) => (this.#level = level));
    }
  }

  /** It was unplugged, or may not be used any more. */
  async #ended(kind: Kind, track: MediaStreamTrack): Promise<void> {
    if (this.#tracks[kind] !== track) return;
    this.#drop(kind);
    const [opening, choice] = [this.#opening, this.#choices[kind]];
    const why = (await mayUse(kind)) ? "missing" : "refused";
    if (opening !== this.#opening || choice !== this.#choices[kind]) return;
    this.#problems = { ...this.#problems, [kind]: why };
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
    const { camera, microphone } = await listDevices();
    this.#options = { camera: withoutAliases(camera), microphone: withoutAliases(microphone) };
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
  onchoose: (kind: Kind, id: string | undefined) => {
    void devices.choose(kind, id);
    void sendCommand({ type: "setDevice", change: { [kind]: id ?? null } });
  },
  onclose: () => devices.close(),
};

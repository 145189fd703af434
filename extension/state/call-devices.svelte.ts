import { type DeviceKind, type DeviceNote, moveDevice } from "../core/device-use.ts";
import type { MediaDevice } from "../media/ask-devices.ts";
import { properName, shownChoice } from "../media/device-alias.ts";
import { type ListedDevice, listDevices, withoutAliases } from "../media/device-list.ts";
import { SpeakerRest } from "../media/speaker-rest.ts";
import type { ToldDevice } from "../messaging/call-port.ts";

/** A sound element's own name for the system's choice. */
const SYSTEMS = "";
/** What is well again is read, and then in the way. */
const GOOD_NEWS_MS = 10_000;

/** What is open of camera and microphone, and whether the camera blurs what is behind a person, where it can. */
export interface DevicesOpen {
  used: Partial<Record<MediaDevice, ListedDevice | undefined>>;
  blur: boolean | undefined;
}

/** The devices of a call as its page shows them, and the speaker, which needs no opening. */
export class CallDevices {
  #listed = $state.raw<Record<DeviceKind, ListedDevice[]>>({ camera: [], microphone: [], speaker: [] });
  #open = $state.raw<DevicesOpen>({ used: {}, blur: undefined });
  #notes = $state.raw<readonly DeviceNote[]>([]);
  #chosen = $state.raw<Partial<ToldDevice>>({});
  #speaker = $state(SYSTEMS);
  readonly #rest = new SpeakerRest(() => void this.read());
  readonly #timers: Partial<Record<DeviceKind, ReturnType<typeof setTimeout>>> = {};

  /** Each device once, by its name, and none that rests; none before the person has allowed any. */
  get options(): Record<DeviceKind, ListedDevice[]> {
    const named = (kind: DeviceKind) => withoutAliases(this.#listed[kind]).filter(({ label }) => label !== "");
    const speaker =
      "setSinkId" in HTMLMediaElement.prototype ? named("speaker").filter(({ id }) => !this.#rest.has(id)) : [];
    return { camera: named("camera"), microphone: named("microphone"), speaker };
  }

  /** Which of them is shown as chosen; missing where it is the system's own choice. */
  get chosen(): Record<DeviceKind, string | undefined> {
    const { camera, microphone } = this.#open.used;
    const shown = (kind: DeviceKind, used: string | undefined) =>
      shownChoice(this.options[kind], this.#chosen[kind], used);
    return {
      camera: shown("camera", camera?.id),
      microphone: shown("microphone", microphone?.id),
      speaker: shown("speaker", this.#speaker),
    };
  }

  /** The name of what the system's own choice is at the moment, where that is known. */
  get own(): Partial<Record<DeviceKind, string | undefined>> {
    const name = (kind: MediaDevice) => {
      const used = this.#chosen[kind] === undefined ? this.#open.used[kind] : undefined;
      return used && properName(used);
    };
    return { camera: name("camera"), microphone: name("microphone") };
  }

  get blur(): boolean | undefined {
    return this.#open.blur;
  }

  get notes(): readonly DeviceNote[] {
    return this.#notes;
  }

  /** Where the other side is heard; the system's own choice with undefined. */
  get speaker(): string | undefined {
    return this.#speaker === SYSTEMS ? undefined : this.#speaker;
  }

  /** Follows what is plugged in, for as long as this page lives. */
  follow(): void {
    navigator.mediaDevices.addEventListener("devicechange", () => void this.read());
    void this.read();
  }

  /** What is there now; its names come with the permission. Never rejects. */
  async read(): Promise<void> {
    const former = this.#listed.speaker;
    this.#listed = await listDevices();
    const home = this.#chosen.speaker;
    const move = this.#isSpeakerKnown() ? moveDevice({ home, used: this.#speaker }, this.#speakersThere()) : undefined;
    if (move === undefined || move.why === "none") return;
    const labelOf = (id: string) => [...this.#listed.speaker, ...former].find((one) => one.id === id)?.label ?? "";
    const name = labelOf(this.#speaker);
    if (move.why === "gone") this.#rest.begin(this.#speaker);
    this.#speaker = move.to;
    if (move.why === "back") this.note("speaker", { device: "speaker", what: "back", now: labelOf(move.to) });
    // What was never seen was not there from the start.
    else if (name === "") this.note("speaker", { device: "speaker", what: "replaced" });
    else this.note("speaker", { device: "speaker", what: "gone", name, now: SYSTEMS });
  }

  /** What the person has chosen on this device. */
  told(chosen: ToldDevice): void {
    const former = this.#chosen;
    this.#chosen = chosen;
    if (former.speaker === chosen.speaker) return;
    const wanted = chosen.speaker ?? SYSTEMS;
    const isAway = this.#isSpeakerKnown() && !this.#speakersThere().includes(wanted);
    this.#speaker = isAway ? SYSTEMS : wanted;
    // One that rests is there, and serves in a moment.
    const isReplaced = isAway && !this.#listed.speaker.some(({ id }) => id === wanted);
    this.note("speaker", isReplaced ? { device: "speaker", what: "replaced" } : undefined);
  }

  opened(open: DevicesOpen): void {
    this.#open = open;
    void this.read();
  }

  /** What a person is to read of a device; nothing any more with undefined. */
  note(device: DeviceKind, note: DeviceNote | undefined): void {
    clearTimeout(this.#timers[device]);
    const others = this.#notes.filter((one) => one.device !== device);
    this.#notes = note === undefined ? others : [...others, note];
    const isGood = note?.what === "back" || note?.what === "moved";
    if (isGood) this.#timers[device] = setTimeout(() => this.note(device, undefined), GOOD_NEWS_MS);
  }

  #speakersThere(): string[] {
    return [SYSTEMS, ...this.#listed.speaker.map(({ id }) => id).filter((id) => !this.#rest.has(id))];
  }

  /** A browser that allows no device yet tells that there are some, but not which. */
  #isSpeakerKnown(): boolean {
    return this.#listed.speaker.some(({ id }) => id !== "");
  }
}

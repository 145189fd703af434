import { type DeviceMove, type DeviceNote, moveDevice } from "../core/device-use.ts";
import type { DeviceOutcome } from "../core/link-types.ts";
import { type MediaDevice, mayUse } from "./ask-devices.ts";
import type { Devices } from "./camera.ts";
import { isAlias, isMonitor, meansAnother, properName } from "./device-alias.ts";
import { followDevices, type ListedDevice, listDevices } from "./device-list.ts";

const DEVICES = ["camera", "microphone"] as const;

export interface DeviceWatchListener {
  /** Whether it may be open now. */
  mayBeOpen: (device: MediaDevice) => boolean;
  /** Another one serves from now on, or none can. */
  changed: (device: MediaDevice, outcome: DeviceOutcome) => void;
  /** What the person chose is what is opened from now on. */
  chosen: (device: MediaDevice, id: string | undefined) => void;
  /** What a person is to read of a device; nothing any more with undefined. */
  noted: (device: MediaDevice, note: DeviceNote | undefined) => void;
}

/** Has another device serve when one is plugged in or out, or when a person chooses one. */
export class DeviceWatch {
  readonly #devices: Devices;
  readonly #listener: DeviceWatchListener;
  readonly #life = new AbortController();
  /** What the system gave at first, which serves where nothing was chosen. */
  readonly #given: Partial<Record<MediaDevice, string | undefined>> = {};
  /** What the system's own choice was when it was followed last: where the browser calls it by two names, it is tried once. */
  readonly #followed: Partial<Record<MediaDevice, string | undefined>> = {};
  /** What ended by itself, until something is done about it. */
  readonly #lost: Partial<Record<MediaDevice, ListedDevice | undefined>> = {};
  /** One change after the other, each by what is there then. */
  #turn: Promise<void> = Promise.resolve();

  constructor(devices: Devices, listener: DeviceWatchListener) {
    this.#devices = devices;
    this.#listener = listener;
    followDevices(() => this.#look(), this.#life.signal);
  }

  /** These were opened, by the call or by the person's switch. */
  opened(devices: readonly MediaDevice[]): void {
    for (const device of devices) {
      this.#lost[device] = undefined;
      const used = this.#devices.used(device);
      if (used === undefined) continue;
      // What a speaker plays serves for as long as a person wants it, and is nothing to come back to.
      if (!isMonitor(used)) this.#given[device] ??= used.id;
      const chosen = this.#devices.chosen(device);
      const isReplaced = chosen !== undefined && used.id !== chosen;
      this.#listener.noted(device, isReplaced ? { device, what: "replaced" } : undefined);
    }
  }

  /** One ended that nobody had closed. */
  lost(device: MediaDevice, lost: ListedDevice): void {
    // A change of devices may be told of before, and has its turn first.
    this.#lost[device] = lost;
    this.#next(() => this.#settle(device));
  }

  /** The person wants another one: now where it may be open, else for when it is. */
  choose(device: MediaDevice, id: string | undefined): void {
    this.#next(() => this.#change(device, id));
  }

  stop(): void {
    this.#life.abort();
  }

  #look(): void {
    for (const device of DEVICES) this.#next(() => this.#settle(device));
  }

  #next(act: () => Promise<void> | void): void {
    this.#turn = this.#turn.then(() => (this.#life.signal.aborted ? undefined : act()));
  }

  async #settle(device: MediaDevice): Promise<void> {
    const listed = (await listDevices())[device];
    // Asked only now: it may have been switched off since the turn was taken.
    if (!this.#devices.isWanted(device) || !this.#listener.mayBeOpen(device)) return;
    const used = this.#devices.used(device);
    const gone = used === undefined ? this.#lost[device] : undefined;
    this.#lost[device] = undefined;
    const former = used ?? gone;
    const isAnother = former !== undefined && this.#isAnother(device, former, listed);
    const chosen = this.#devices.chosen(device);
    const home = chosen ?? this.#given[device];
    // The list may not know yet that it is gone.
    const mayServe = ({ id }: ListedDevice) => id !== "" && (isAnother || id !== gone?.id);
    const there = listed.filter((one) => mayServe(one) && (!isMonitor(one) || one.id === chosen));
    const present = there.map(({ id }) => id);
    const move = moveDevice({ home, used: former?.id, isAnother }, present);
    if (move?.why === "none") await this.#end(device, former, "missing");
    else if (move?.why === "moved") await this.#follow(move.to, former, there);
    else if (move !== undefined) await this.#carryOut(device, move, former, there);
  }

  /** Whether it is the system's own choice, which goes by the same name whichever it is, and is another one by now. No camera does. */
  #isAnother(device: MediaDevice, former: ListedDevice, listed: readonly ListedDevice[]): boolean {
    const now = device === "microphone" && isAlias(former.id) ? listed.find(({ id }) => id === former.id) : undefined;
    const isOpen = this.#devices.used(device) !== undefined;
    if (now === undefined || (isOpen && !meansAnother(former, now))) {
      this.#followed[device] = undefined;
      return false;
    }
    const followed = `${now.group ?? ""} ${now.label}`;
    // One that ended was plugged out, by whatever name it went.
    if (isOpen && followed === this.#followed[device]) return false;
    this.#followed[device] = followed;
    return true;
  }

  /** The system chooses another one. Where that cannot be opened, the one before serves on, by its own name. */
  async #follow(to: string, former: ListedDevice | undefined, there: readonly ListedDevice[]): Promise<void> {
    const device = "microphone";
    // A browser gives by the same name what is open by it, for as long as that is.
    this.#devices.lose(device, true);
    const followed = await this.#devices.openInstead(device, to);
    const own = former && there.find(({ id, label }) => !isAlias(id) && label === properName(former));
    const rest = [...(own ? [own.id] : []), ...there.map(({ id }) => id).filter((id) => id !== to)];
    const outcome = followed === "on" ? "on" : await this.#openFirst(device, rest);
    if (this.#life.signal.aborted) return;
    if (outcome !== "on") return this.#end(device, former, outcome);
    const now = this.#nameOfUsed(device);
    const wanted = there.find(({ id }) => id === to);
    if (followed === "on") this.#note({ device, what: "moved", now });
    else if (this.#devices.used(device)?.id !== own?.id) this.#note({ device, what: "back", now });
    else this.#note({ device, what: followed, name: wanted && properName(wanted) });
    this.#listener.changed(device, "on");
  }

  async #carryOut(
    device: MediaDevice,
    { why, to }: Exclude<DeviceMove, { why: "none" | "moved" }>,
    former: ListedDevice | undefined,
    there: readonly ListedDevice[],
  ): Promise<void> {
    const present = there.map(({ id }) => id);
    const serves = this.#devices.used(device) !== undefined && present.includes(former?.id ?? "");
    // Where one serves still, nothing but the one that it serves for is worth the change.
    const outcome = await this.#openFirst(device, serves ? [to] : [to, ...present]);
    if (this.#life.signal.aborted || (outcome !== "on" && serves)) return;
    if (outcome !== "on") return this.#end(device, former, outcome);
    const now = this.#nameOfUsed(device);
    if (why === "back" || former === undefined) this.#note({ device, what: "back", now });
    else this.#note({ device, what: "gone", name: knownName(former), now });
    this.#listener.changed(device, "on");
  }

  /** Nothing serves any more. */
  async #end(device: MediaDevice, former: ListedDevice | undefined, outcome: DeviceOutcome): Promise<void> {
    const why = outcome === "missing" && !(await mayUse(device)) ? "refused" : outcome;
    this.#devices.lose(device, why !== "refused");
    // Whatever else it is, the call says in its own words.
    const isGone = former !== undefined && why === "missing";
    this.#listener.noted(device, isGone ? { device, what: "none", name: properName(former) } : undefined);
    this.#listener.changed(device, why);
  }

  /** The first of these that can be opened, or why the last one cannot. */
  async #openFirst(device: MediaDevice, ids: readonly string[]): Promise<DeviceOutcome> {
    let outcome: DeviceOutcome = "missing";
    for (const id of new Set(ids)) {
      outcome = await this.#devices.openInstead(device, id);
      if (outcome === "on") break;
    }
    return outcome;
  }

  async #change(device: MediaDevice, id: string | undefined): Promise<void> {
    const listed = (await listDevices())[device];
    if (!this.#listener.mayBeOpen(device)) {
      this.#keep(device, id);
      return;
    }
    const had = this.#devices.used(device);
    const outcome = had !== undefined && had.id === id ? "on" : await this.#devices.openInstead(device, id);
    if (this.#life.signal.aborted) return;
    if (outcome === "on") {
      const now = this.#devices.used(device);
      if (now !== undefined && !isMonitor(now)) this.#given[device] = now.id;
      this.#keep(device, id);
      this.#listener.noted(device, undefined);
    } else if (had !== undefined) {
      const name = id === undefined ? undefined : (listed.find((one) => one.id === id)?.label ?? "");
      this.#note({ device, what: outcome, name });
      return;
    }
    this.#listener.changed(device, outcome);
  }

  #keep(device: MediaDevice, id: string | undefined): void {
    this.#devices.choose(device, id);
    this.#listener.chosen(device, id);
  }

  #nameOfUsed(device: MediaDevice): string {
    const used = this.#devices.used(device);
    return used === undefined ? "" : properName(used);
  }

  #note(note: DeviceNote & { device: MediaDevice }): void {
    this.#listener.noted(note.device, note);
  }
}

/** Where the system's choice does not say what it is, what it is called itself. */
function knownName(device: ListedDevice): string {
  return properName(device) || device.label;
}

import type { AlertMode, CallId } from "#protocol";
import { browser } from "wxt/browser";
import type { Outward, RingShown } from "../core/app-types.ts";
import { createLogger, errorName } from "./logger.ts";

const log = createLogger("ringer");
const RING_SOUND = "/sounds/ring.wav";

/** Something that can make the ring heard. */
interface Speaker {
  /** Fulfilled once it sounds for this ring, `until` at the latest where nobody stops it. Rejects where it cannot. */
  play: (ring: RingShown) => Promise<void>;
  /** Silent afterwards, also where nothing played. */
  stop: () => Promise<void>;
}

/** Makes the ring sound while a call rings here, and reports that it does. */
export class Ringer {
  /** Undefined until the first comparison, which silences what an earlier run left. */
  #wanted: string | undefined;
  #turn: Promise<void> = Promise.resolve();
  readonly #speaker: Speaker = import.meta.env.FIREFOX ? new PageSpeaker() : new OffscreenSpeaker();
  readonly #alerted: (call: CallId, mode: AlertMode) => void;

  constructor(alerted: (call: CallId, mode: AlertMode) => void) {
    this.#alerted = alerted;
  }

  ring(ringing: Outward["ringing"]): void {
    const wanted = ringing === undefined ? "" : `${ringing.call} ${ringing.mode} ${String(ringing.isSilenced)}`;
    if (wanted === this.#wanted) return;
    this.#wanted = wanted;
    // One after the other: a document that is being made cannot be closed.
    this.#turn = this.#turn.then(() => this.#make(wanted, ringing));
  }

  async #make(wanted: string, ringing: Outward["ringing"]): Promise<void> {
    if (wanted !== this.#wanted) return;
    const audible = ringing?.mode === "loud" && !ringing.isSilenced ? ringing : undefined;
    const done = await this.#attempt(() => (audible ? this.#speaker.play(audible) : this.#speaker.stop()));
    if (ringing === undefined || wanted !== this.#wanted) return;
    // That it was silenced is told to nobody.
    this.#alerted(ringing.call, audible && !done ? "silent" : ringing.mode);
  }

  async #attempt(act: () => Promise<void>): Promise<boolean> {
    try {
      await act();
      return true;
    } catch (caught) {
      log.warn("the ring could not be changed", { why: errorName(caught) });
      return false;
    }
  }
}

/** A service worker has no sound, so a document of its own rings from its first moment to its end. */
class OffscreenSpeaker implements Speaker {
  async play({ call, until }: RingShown): Promise<void> {
    const ringing = await this.#ringing();
    // It rings on from before the worker's death: the sound has no second start. [CALL-11]
    if (ringing === call) return;
    // That of another call ends with that call's time, and so too early for this one.
    if (ringing !== undefined) await browser.offscreen.closeDocument();
    await browser.offscreen.createDocument({
      url: `offscreen.html?${new URLSearchParams({ call, until: String(until) }).toString()}`,
      reasons: ["AUDIO_PLAYBACK"],
      justification: "Plays the ring of an incoming call.",
    });
  }

  async stop(): Promise<void> {
    if ((await this.#ringing()) !== undefined) await browser.offscreen.closeDocument();
  }

  /** The call for which a document rings, by its address. */
  async #ringing(): Promise<string | undefined> {
    const [found] = await browser.runtime.getContexts({ contextTypes: ["OFFSCREEN_DOCUMENT"] });
    if (found === undefined) return undefined;
    return new URLSearchParams(found.documentUrl?.split("?")[1]).get("call") ?? "";
  }
}

/** The background page of Manifest V2 can play by itself. */
class PageSpeaker implements Speaker {
  #audio: HTMLAudioElement | undefined;

  async play(): Promise<void> {
    this.#audio ??= createRing();
    await this.#audio.play();
  }

  stop(): Promise<void> {
    this.#audio?.pause();
    this.#audio = undefined;
    return Promise.resolve();
  }
}

/** The ring, not yet playing; it repeats until it is paused. */
export function createRing(): HTMLAudioElement {
  const audio = new Audio(browser.runtime.getURL(RING_SOUND));
  audio.loop = true;
  return audio;
}

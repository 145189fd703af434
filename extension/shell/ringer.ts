import type { AlertMode, CallId } from "#protocol";
import type { Outward, RingShown, RingSoundShown } from "../core/outward-types.ts";
import type { RingHeard } from "./ring-document.ts";
import { createLogger, errorName } from "./logger.ts";
import { OffscreenSpeaker, PageSpeaker, type Speaker } from "./ring-speakers.ts";

const log = createLogger("ringer");

const TEST = "test";

/** Makes the ring sound while a call rings here, and reports that it does. */
export class Ringer {
  /** Undefined until the first comparison, which silences what an earlier run left. */
  #wanted: string | undefined;
  #turn: Promise<unknown> = Promise.resolve();
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

  /** Rings for so long, as a call would; a call that rings comes first. Undefined where it could not be tried. Never rejects. */
  async test(sound: RingSoundShown, forMs: number): Promise<RingHeard | undefined> {
    const ring = { call: TEST, until: Date.now() + 2 * forMs, sound };
    const played = this.#turn.then(() => (this.#wanted ? undefined : this.#attempt(() => this.#speaker.play(ring))));
    this.#turn = played;
    const heard = await played;
    await new Promise((resolve) => setTimeout(resolve, forMs));
    this.#turn = this.#turn.then(() => (this.#wanted ? undefined : this.#attempt(() => this.#speaker.stop())));
    await this.#turn;
    return heard;
  }

  async #make(wanted: string, ringing: Outward["ringing"]): Promise<void> {
    if (wanted !== this.#wanted) return;
    const audible = isAudible(ringing) ? ringing : undefined;
    const heard = audible && (await this.#attempt(() => this.#speaker.play(audible)));
    if (audible === undefined) await this.#attempt(() => this.#speaker.stop());
    if (ringing === undefined || wanted !== this.#wanted) return;
    // That it was silenced is told to nobody.
    this.#alerted(ringing.call, audible && heard?.sounds !== true ? "silent" : ringing.mode);
  }

  async #attempt<T>(act: () => Promise<T>): Promise<T | undefined> {
    try {
      return await act();
    } catch (caught) {
      log.warn("the ring could not be changed", { why: errorName(caught) });
      return undefined;
    }
  }
}

function isAudible(ringing: Outward["ringing"]): ringing is RingShown {
  return ringing?.mode === "loud" && !ringing.isSilenced;
}

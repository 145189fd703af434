import { isPictured, isSent } from "../core/link-devices.ts";
import type { LinkState } from "../core/link-types.ts";
import { newQuality, updateQuality, viewOfQuality } from "../core/quality.ts";
import type {
  LineCounters,
  LineWord,
  OwnVoice,
  QualityEffect,
  QualityEvent,
  QualityState,
  QualityView,
} from "../core/quality-types.ts";

/** What one look of the page at its connection gives; `track` names the microphone's own track. */
export interface LineLookOfPage {
  counters: LineCounters;
  voice: OwnVoice | undefined;
  track: string | undefined;
}

/** How the line of this page's call is. */
export class CallQuality {
  #state = $state.raw<QualityState>(newQuality(0));
  readonly #view = $derived(viewOfQuality(this.#state));
  readonly #carryOut: (effect: QualityEffect) => void;

  constructor(carryOut: (effect: QualityEffect) => void) {
    this.#carryOut = carryOut;
  }

  get view(): QualityView {
    return this.#view;
  }

  /** Whether the microphone's own sound tells something: nothing was heard of it yet, or it is muted. */
  wantsVoice({ microphone }: LinkState): boolean {
    return microphone === "off" || (microphone === "on" && !this.#state.microphone.heard);
  }

  /** Another call begins, of which nothing is known. */
  begin(): void {
    this.#state = newQuality(performance.now());
  }

  connected(): void {
    this.#happened({ type: "connected", at: performance.now() });
  }

  /** The line carries again after an interruption. */
  returned(): void {
    this.#happened({ type: "returned", at: performance.now() });
  }

  looked({ counters, voice, track }: LineLookOfPage, link: LinkState): void {
    const isOpen = track !== undefined;
    const at = isOpen && isSent(link, "microphone") ? "on" : isOpen && link.microphone === "off" ? "muted" : "none";
    this.#happened({
      type: "looked",
      at: performance.now(),
      counters,
      voice,
      microphone: { at, track },
      pictures: { own: isPictured(link), theirs: link.remote.camera },
    });
  }

  heard(word: LineWord): void {
    this.#happened({ type: "heard", word });
  }

  lineOpen(): void {
    this.#happened({ type: "line-open" });
  }

  #happened(event: QualityEvent): void {
    const { state, effects } = updateQuality(this.#state, event);
    this.#state = state;
    for (const effect of effects) this.#carryOut(effect);
  }
}

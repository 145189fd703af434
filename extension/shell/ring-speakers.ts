import * as v from "valibot";
import { browser } from "wxt/browser";
import type { RingSoundShown } from "../core/outward-types.ts";
import { HOW_IT_RINGS, RingHeard, ringDocumentUrl } from "./ring-document.ts";
import { type PlayedRing, playRing } from "./ring-sound.ts";

/** A ring to be heard, `until` at the latest where nobody stops it. `call` tells one from the next. */
interface Ring {
  call: string;
  until: number;
  sound: RingSoundShown;
}

/** Something that can make the ring heard. */
export interface Speaker {
  /** Fulfilled once it sounds for this ring, or the browser does not let it. Rejects where it could not be tried. */
  play: (ring: Ring) => Promise<RingHeard>;
  /** Silent afterwards, also where nothing played. */
  stop: () => Promise<void>;
}

/** A document that does not answer for so long is as good as its word: it was made to ring. */
const ANSWER_WITHIN_MS = 2_000;
const AS_WANTED: RingHeard = { sounds: true, onRinger: true };

/** A service worker has no sound, so a document of its own rings from its first moment to its end. */
export class OffscreenSpeaker implements Speaker {
  async play({ call, until, sound }: Ring): Promise<RingHeard> {
    const ringing = await this.#ringing();
    // It rings on from before the worker's death: the sound has no second start. [CALL-11]
    if (ringing === call) return askHowItRings();
    // That of another call ends with that call's time, and so too early for this one.
    if (ringing !== undefined) await browser.offscreen.closeDocument();
    await browser.offscreen.createDocument({
      url: ringDocumentUrl(call, until, sound),
      reasons: ["AUDIO_PLAYBACK"],
      justification: "Plays the ring of an incoming call.",
    });
    return askHowItRings();
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
export class PageSpeaker implements Speaker {
  #played: { call: string; ring: PlayedRing } | undefined;

  async play({ call, sound }: Ring): Promise<RingHeard> {
    if (this.#played?.call !== call) {
      await this.stop();
      this.#played = { call, ring: await playRing(sound) };
    }
    return this.#played.ring.heard;
  }

  stop(): Promise<void> {
    this.#played?.ring.stop();
    this.#played = undefined;
    return Promise.resolve();
  }
}

/** What the document says of its ring. */
async function askHowItRings(): Promise<RingHeard> {
  const silence = new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), ANSWER_WITHIN_MS));
  const asked = browser.runtime.sendMessage(HOW_IT_RINGS).catch(() => undefined);
  const read = v.safeParse(RingHeard, await Promise.race([asked, silence]));
  return read.success ? read.output : AS_WANTED;
}

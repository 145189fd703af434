import { DeviceId } from "#protocol";
import * as v from "valibot";
import { browser } from "wxt/browser";
import type { AppState, Saved } from "../core/app-state-types.ts";
import type { View } from "../core/view.ts";
import { createLogger, errorName } from "./logger.ts";
import { readSaved } from "./saved.ts";

const log = createLogger("store");

/** What a start finds. */
export interface Stored {
  /** The state as the background left it when its worker died; none after a browser's start or an update. */
  state?: AppState;
  /** What outlives the browser; with a session only where there is a token for it. */
  saved?: Saved;
}

/**
 * `storage.session` is the background's journal and the pages' feed, both in memory and for extension pages alone, and both
 * as text: each page is told of each change, and an object with hundreds of contacts takes the browser long to hand over;
 * `storage.local` holds what outlives the browser. The token is in neither state nor view.
 */
export class Store {
  #token: string | undefined;
  #device: DeviceId | undefined;
  #view = "";
  #saved = "";

  get token(): string | undefined {
    return this.#token;
  }

  /** This installation's id, made once. Throws before {@link read}. */
  get device(): DeviceId {
    if (this.#device === undefined) throw new Error("The store was not read yet");
    return this.#device;
  }

  async read(): Promise<Stored> {
    const [local, session] = await Promise.all([
      browser.storage.local.get(["device", "token", "saved"]),
      browser.storage.session.get(["journal"]),
    ]);
    await this.#readDevice(local["device"]);
    const token = v.safeParse(v.pipe(v.string(), v.minLength(1)), local["token"]);
    this.#token = token.success ? token.output : undefined;
    const state = journalled(session["journal"]);
    const saved = readSaved(local["saved"], this.#token !== undefined);
    const isUsed = state?.at === "signed-in" || saved?.session !== undefined;
    if (this.#token !== undefined && !isUsed) await this.forgetToken();
    return { ...(state === undefined ? {} : { state }), ...withOffered(saved) };
  }

  /** Writes the journal and, where it changed, the view. Never rejects: without a journal the session goes on. */
  async write(state: AppState, view: View): Promise<void> {
    const shown = JSON.stringify(view);
    const journal = JSON.stringify({ build: browser.runtime.getManifest().version, state });
    try {
      const changed: Record<string, string> = shown === this.#view ? { journal } : { journal, view: shown };
      await browser.storage.session.set(changed);
      this.#view = shown;
    } catch (caught) {
      log.warn("the state could not be written", { why: errorName(caught) });
    }
  }

  /** Makes `storage.local` hold what outlives the browser. Never rejects: what could not be written is tried again next time. */
  async save(saved: Saved | undefined): Promise<void> {
    const text = JSON.stringify(saved ?? null);
    if (text === this.#saved) return;
    this.#saved = text;
    try {
      await (saved === undefined ? browser.storage.local.remove("saved") : browser.storage.local.set({ saved }));
    } catch (caught) {
      if (this.#saved === text) this.#saved = "";
      log.warn("what outlives the browser could not be written", { why: errorName(caught) });
    }
  }

  /** Rejects where the browser does not store it: then there is no session to begin. */
  async keepToken(token: string): Promise<void> {
    await browser.storage.local.set({ token });
    this.#token = token;
  }

  /** Never rejects: a token that stays behind belongs to no session, and goes at the next start. */
  async forgetToken(): Promise<void> {
    this.#token = undefined;
    try {
      await browser.storage.local.remove("token");
    } catch (caught) {
      log.warn("a token could not be forgotten", { why: errorName(caught) });
    }
  }

  async #readDevice(stored: unknown): Promise<void> {
    const known = v.safeParse(DeviceId, stored);
    this.#device = known.success ? known.output : v.parse(DeviceId, crypto.randomUUID());
    if (known.success) return;
    try {
      await browser.storage.local.set({ device: this.#device });
    } catch (caught) {
      // The next start makes another, as after an installation.
      log.warn("the id of this device could not be kept", { why: errorName(caught) });
    }
  }
}

/** Where no server was used yet, the one that this build offers. */
function withOffered(saved: Saved | undefined): { saved?: Saved } {
  const server = import.meta.env.BECKON_SERVER;
  if (saved?.server !== undefined || server === "") return saved === undefined ? {} : { saved };
  return { saved: { ...saved, server } };
}

const Journal = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ build: v.string(), state: v.looseObject({ at: v.string() }) }),
);

function journalled(stored: unknown): AppState | undefined {
  const read = v.safeParse(Journal, stored);
  if (!read.success || read.output.build !== browser.runtime.getManifest().version) return undefined;
  // Our own writing of a moment ago: the browser empties storage.session whenever another build takes over.
  return read.output.state as unknown as AppState;
}

import { createSubscriber } from "svelte/reactivity";
import { browser } from "wxt/browser";
import { originPattern } from "../core/invite-link.ts";

/**
 * Whether this device may see invite links of a server, so that they open by themselves. The browser is asked anew whenever
 * the person gives or takes a permission, here or in the browser's own settings.
 */
class LinkPermission {
  /** By the pattern of each server that was asked about. */
  #granted = $state.raw<Readonly<Record<string, boolean>>>({});
  readonly #asked = new Set<string>();
  readonly #subscribe = createSubscriber(() => {
    const read = () => void this.#read();
    browser.permissions.onAdded.addListener(read);
    browser.permissions.onRemoved.addListener(read);
    read();
    return () => {
      browser.permissions.onAdded.removeListener(read);
      browser.permissions.onRemoved.removeListener(read);
    };
  });

  /** `impossible` where the browser cannot be asked for that server. */
  of(server: string): "granted" | "missing" | "impossible" {
    this.#subscribe();
    const pattern = originPattern(server);
    if (pattern === undefined) return "impossible";
    if (!this.#asked.has(pattern)) {
      this.#asked.add(pattern);
      void this.#read();
    }
    return this.#granted[pattern] === true ? "granted" : "missing";
  }

  /** Asks the person; only within a click of theirs. Never rejects. */
  async give(server: string): Promise<void> {
    const pattern = originPattern(server);
    if (pattern !== undefined) await browser.permissions.request({ origins: [pattern] }).catch(() => false);
    await this.#read();
  }

  async take(server: string): Promise<void> {
    const pattern = originPattern(server);
    if (pattern !== undefined) await browser.permissions.remove({ origins: [pattern] }).catch(() => false);
    await this.#read();
  }

  /** Asks for each by itself: a person may have allowed more than one site at once. */
  async #read(): Promise<void> {
    const answers = await Promise.all(
      [...this.#asked].map(async (pattern) => [pattern, await browser.permissions.contains({ origins: [pattern] })]),
    );
    // Pairs of a pattern and its answer.
    this.#granted = Object.fromEntries(answers) as Record<string, boolean>;
  }
}

const permission = new LinkPermission();

/** What a page shows of it, and what it may do about it. */
export function linksOf(server: string) {
  return {
    state: permission.of(server),
    ongive: () => void permission.give(server),
    ontake: () => void permission.take(server),
  };
}

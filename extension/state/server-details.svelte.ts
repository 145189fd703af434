import { askServer } from "../messaging/page.ts";

export interface ServerDetails {
  version: string;
  hasStun: boolean;
  hasRelay: boolean;
  sendsMail: boolean;
  /** The operator's provider, by its name for people. */
  provider?: string;
}

/** What the server of the session is and has. */
class ServerDetailsState {
  /** Undefined until it was asked; null where it does not answer. */
  #details = $state.raw<ServerDetails | null>();
  #origin: string | undefined;
  #isKnown = false;
  /** Counts the questions: the answer to an older one is of no use. */
  #asked = 0;

  get details(): ServerDetails | null | undefined {
    return this.#details;
  }

  /** Asks once for each server, and again whenever the line to one that did not answer stands. Never rejects. */
  async read(
    { origin, isOnline }: { origin: string; isOnline: boolean },
    about: (origin: string) => Promise<Omit<ServerDetails, "hasStun" | "hasRelay"> | undefined>,
  ): Promise<void> {
    if (origin === this.#origin && (this.#isKnown || !isOnline)) return;
    if (origin !== this.#origin) this.#details = undefined;
    this.#origin = origin;
    this.#isKnown = false;
    const asked = (this.#asked += 1);
    const [told, ice] = await Promise.all([about(origin), askServer("getIceServers", {})]);
    if (asked !== this.#asked) return;
    const has = (kind: RegExp) => ice.ok && ice.value.iceServers.some(({ urls }) => urls.some((url) => kind.test(url)));
    this.#isKnown = told !== undefined && ice.ok;
    this.#details =
      told !== undefined && ice.ok ? { ...told, hasStun: has(/^stuns?:/i), hasRelay: has(/^turns?:/i) } : null;
  }
}

export const serverDetails = new ServerDetailsState();

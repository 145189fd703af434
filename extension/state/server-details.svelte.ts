import { askServer } from "../messaging/page.ts";

export interface ServerDetails {
  version: string;
  hasStun: boolean;
  hasRelay: boolean;
}

/** What the server of the session is and has. */
class ServerDetailsState {
  /** Undefined until it was asked; null where it does not answer. */
  #details = $state.raw<ServerDetails | null>();
  #origin: string | undefined;

  get details(): ServerDetails | null | undefined {
    return this.#details;
  }

  /** Asks once for each server. Never rejects. */
  async read(origin: string, versionOf: (origin: string) => Promise<string | undefined>): Promise<void> {
    if (origin === this.#origin) return;
    this.#origin = origin;
    const [version, ice] = await Promise.all([versionOf(origin), askServer("getIceServers", {})]);
    if (origin !== this.#origin) return;
    const has = (kind: RegExp) => ice.ok && ice.value.iceServers.some(({ urls }) => urls.some((url) => kind.test(url)));
    const isKnown = version !== undefined && ice.ok;
    this.#details = isKnown ? { version, hasStun: has(/^stuns?:/i), hasRelay: has(/^turns?:/i) } : null;
    if (!isKnown) this.#origin = undefined;
  }
}

export const serverDetails = new ServerDetailsState();

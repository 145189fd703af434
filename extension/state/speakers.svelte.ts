import { isAlias } from "../media/device-alias.ts";

interface Speaker {
  id: string;
  label: string;
}

/** What sound can be heard at, as it is plugged in and out. */
class Speakers {
  #list = $state.raw<readonly Speaker[]>();

  /** Undefined until they are known; without a name each, the browser keeps them to itself. */
  get list(): readonly Speaker[] | undefined {
    return this.#list;
  }

  /** Follows what is plugged in, for as long as this page lives. */
  follow(): void {
    navigator.mediaDevices.addEventListener("devicechange", () => void this.read());
    void this.read();
  }

  /** Again, since the names come with the permission. Never rejects. */
  async read(): Promise<void> {
    const all = await navigator.mediaDevices.enumerateDevices().catch(() => []);
    this.#list = all
      .filter(({ kind, deviceId, label }) => kind === "audiooutput" && !isAlias(deviceId) && label !== "")
      .map(({ deviceId, label }) => ({ id: deviceId, label }));
  }
}

export const speakers = new Speakers();

import { type ListedDevice, listDevices, withoutAliases } from "../media/device-list.ts";

/** What sound can be heard at, as it is plugged in and out. */
class Speakers {
  #list = $state.raw<readonly ListedDevice[]>();

  /** Undefined until they are known; without a name each, the browser keeps them to itself. */
  get list(): readonly ListedDevice[] | undefined {
    return this.#list;
  }

  /** Follows what is plugged in, for as long as this page lives. */
  follow(): void {
    navigator.mediaDevices.addEventListener("devicechange", () => void this.read());
    void this.read();
  }

  /** Again, since the names come with the permission. Never rejects. */
  async read(): Promise<void> {
    const { speaker } = await listDevices();
    this.#list = withoutAliases(speaker).filter(({ label }) => label !== "");
  }
}

export const speakers = new Speakers();

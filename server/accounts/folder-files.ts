import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Names of ours alone: none leads out of the folder. */
const NAME = /^[\w-]{1,64}\.[a-z]{3,4}$/;

/** Parse's files in a folder of the server's own, each whole or not there. Its other adapters need a service, or MongoDB. */
export class FolderFiles {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async createFile(name: string, data: Buffer): Promise<void> {
    const path = this.#pathOf(name);
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    await writeFile(`${path}.part`, data, { mode: 0o600, flush: true });
    await rename(`${path}.part`, path);
  }

  async deleteFile(name: string): Promise<void> {
    const path = this.#pathOf(name);
    for (const file of [path, `${path}.part`]) await rm(file, { force: true });
  }

  getFileData(name: string): Promise<Buffer> {
    return readFile(this.#pathOf(name));
  }

  /** Parse wants an address; nothing is given out there. */
  getFileLocation(_config: unknown, name: string): string {
    return name;
  }

  #pathOf(name: string): string {
    if (!NAME.test(name)) throw new Error("This is no name of a file of ours.");
    return join(this.#folder, name);
  }
}

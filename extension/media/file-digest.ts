import { FILE_BLOCK_BYTES } from "#protocol";

const DIGEST_BYTES = 32;

/** The digest of a file, put together from those of its blocks as they pass by. See `PeerMessage`. */
export class FileDigest {
  readonly #blocks: Uint8Array[] = [];

  has(from: number): boolean {
    return this.#blocks[from / FILE_BLOCK_BYTES] !== undefined;
  }

  /** A whole block, or the file's last, which begins at `from`. */
  async add(from: number, block: Uint8Array<ArrayBuffer>): Promise<void> {
    this.#blocks[from / FILE_BLOCK_BYTES] = new Uint8Array(await crypto.subtle.digest("SHA-256", block));
  }

  async hex(): Promise<string> {
    const all = new Uint8Array(this.#blocks.length * DIGEST_BYTES);
    for (const [index, block] of this.#blocks.entries()) all.set(block, index * DIGEST_BYTES);
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", all));
    return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }
}

import { FILE_BLOCK_BYTES, type FilePart } from "#protocol";
import { FileDigest } from "./file-digest.ts";

const FOLDER = "incoming";
/** A download may still read what another tab has received. */
const STALE_AFTER_MS = 60 * 60_000;
/** A sender that runs further ahead of what is on disk breaks its word, and would fill the memory. */
const MAX_AHEAD_BYTES = 16 * FILE_BLOCK_BYTES;
/** Room that is left for everything else that the extension keeps. */
const SPARE_BYTES = 64 * 1024 * 1024;

export interface FileStoreListener {
  /** So much is on disk. */
  kept: (bytes: number) => void;
  failed: (why: "full" | "differs") => void;
}

/** A file that comes, kept in the extension's own files on disk until it is whole; in memory there are a few blocks of it. */
export class FileStore {
  readonly #id: string;
  readonly #size: number;
  readonly #listener: FileStoreListener;
  readonly #handle: FileSystemFileHandle;
  readonly #writable: FileSystemWritableFileStream;
  readonly #digest = new FileDigest();
  readonly #block: Uint8Array<ArrayBuffer>;
  /** Where the next part begins. */
  #next = 0;
  #onDisk = 0;
  /** Counted up at each resumption: what was still being written then is not told of. */
  #run = 0;
  #writing: Promise<void> = Promise.resolve();
  #closed: Promise<void> | undefined;

  private constructor(
    { id, size }: { id: string; size: number },
    handle: FileSystemFileHandle,
    writable: FileSystemWritableFileStream,
    listener: FileStoreListener,
  ) {
    this.#id = id;
    this.#size = size;
    this.#handle = handle;
    this.#writable = writable;
    this.#listener = listener;
    this.#block = new Uint8Array(Math.min(FILE_BLOCK_BYTES, size));
  }

  /** Undefined where there is no room for it. */
  static async open(file: { id: string; size: number }, listener: FileStoreListener): Promise<FileStore | undefined> {
    try {
      const { quota = 0, usage = 0 } = await navigator.storage.estimate();
      if (quota - usage < file.size + SPARE_BYTES) return undefined;
      const handle = await (await folder()).getFileHandle(file.id, { create: true });
      return new FileStore(file, handle, await handle.createWritable(), listener);
    } catch {
      return undefined;
    }
  }

  /** The sender begins anew at this byte, the first of a block. */
  resume(from: number): void {
    this.#run += 1;
    this.#next = from;
    this.#onDisk = from;
  }

  take({ from, bytes }: FilePart): void {
    const begin = from % FILE_BLOCK_BYTES;
    const end = begin + bytes.length;
    const next = from + bytes.length;
    const fits = from === this.#next && next <= this.#size && end <= FILE_BLOCK_BYTES;
    if (!fits || next - this.#onDisk > MAX_AHEAD_BYTES) {
      this.#listener.failed("differs");
      return;
    }
    this.#block.set(bytes, begin);
    this.#next = next;
    if (end === FILE_BLOCK_BYTES || this.#next === this.#size) this.#keep(from - begin, this.#block.slice(0, end));
  }

  /** Whether what came is what the sender says that it sent, and stands on the disk. Can be asked again. Never rejects. */
  async isWhole(digest: string): Promise<boolean> {
    this.#closed ??= this.#writing.then(() => this.#writable.close());
    const isClosed = await this.#closed.then(
      () => true,
      () => false,
    );
    return isClosed && (await this.#digest.hex()) === digest;
  }

  /** The file on disk; once it is whole. */
  file(): Promise<File> {
    return this.#handle.getFile();
  }

  /** Takes it from the disk again. Never rejects. */
  async drop(): Promise<void> {
    this.#run += 1;
    await this.#writable.abort().catch(() => undefined);
    await folder()
      .then((within) => within.removeEntry(this.#id))
      .catch(() => undefined);
  }

  #keep(at: number, block: Uint8Array<ArrayBuffer>): void {
    const run = this.#run;
    this.#writing = this.#writing
      .then(async () => {
        await Promise.all([
          this.#writable.write({ type: "write", position: at, data: block }),
          this.#digest.add(at, block),
        ]);
        if (run !== this.#run) return;
        this.#onDisk = at + block.length;
        this.#listener.kept(this.#onDisk);
      })
      .catch(() => {
        if (run === this.#run) this.#listener.failed("full");
      });
  }
}

/** Files that came in calls which are long over are taken from the disk. Never rejects. */
export async function dropStaleFiles(): Promise<void> {
  try {
    const within = await folder();
    for await (const handle of within.values()) {
      if (handle.kind !== "file") continue;
      const { lastModified } = await handle.getFile();
      if (Date.now() - lastModified > STALE_AFTER_MS) await within.removeEntry(handle.name);
    }
  } catch {
    // They are looked at again with the next call.
  }
}

async function folder(): Promise<FileSystemDirectoryHandle> {
  return (await navigator.storage.getDirectory()).getDirectoryHandle(FOLDER, { create: true });
}

import { randomBytes } from "node:crypto";
import { chmod, open, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";

const secret = v.pipe(v.string(), v.minLength(32));

const Secrets = v.object({
  /** The embedded PostgreSQL's password. */
  database: secret,
  /** Parse's keys, used inside this process alone. */
  masterKey: secret,
  maintenanceKey: secret,
  /** Signs the tickets to PeerServer. */
  tickets: secret,
});

// A list would pass for a record.
const Kept = v.pipe(
  v.unknown(),
  v.check((kept) => !Array.isArray(kept)),
  v.record(v.string(), v.unknown()),
);

/** What the server alone may know. */
export type Secrets = v.InferOutput<typeof Secrets>;

/**
 * Reads the secrets kept in the data folder, and makes those that are missing. The file is readable by its owner alone.
 * Throws where it is there but cannot be read: to make new ones would lock the server out of its own database.
 */
export async function openSecrets(dataDir: string): Promise<Secrets> {
  const file = join(dataDir, "secrets.json");
  const kept = await readKept(file);
  const made = Object.fromEntries(
    Object.keys(Secrets.entries).map((name) => [name, randomBytes(32).toString("base64url")]),
  );
  const read = v.safeParse(Secrets, { ...made, ...kept });
  if (!read.success) throw new Error(unreadable(file));
  if (kept !== undefined && Object.keys(made).every((name) => name in kept)) await chmod(file, 0o600);
  else await write(file, JSON.stringify({ ...kept, ...read.output }, undefined, 2));
  return read.output;
}

async function readKept(file: string): Promise<Record<string, unknown> | undefined> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw new Error(unreadable(file), { cause: error });
  }
  try {
    return v.parse(Kept, JSON.parse(text));
  } catch (error) {
    throw new Error(unreadable(file), { cause: error });
  }
}

function unreadable(file: string): string {
  return `The secrets in ${file} cannot be read; put the file back from a backup of the data folder.`;
}

/** Whole or not at all, also when the power fails: written aside, flushed, then renamed. */
async function write(file: string, text: string): Promise<void> {
  const draft = `${file}.new`;
  const handle = await open(draft, "w", 0o600);
  try {
    await handle.chmod(0o600);
    await handle.writeFile(`${text}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(draft, file);
}

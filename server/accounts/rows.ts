import { randomBytes } from "node:crypto";

/** An id for a row of ours, longer than those of Parse, so that it is never taken for a person's. */
export function newRowId(): string {
  return randomBytes(18).toString("base64url");
}

/** An ACL as Parse keeps it: who may read; nobody but the server may write. */
export function readableBy(...people: string[]): { read: string[]; write: string[] } {
  return { read: people, write: [] };
}

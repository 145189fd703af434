/**
 * What came anew as plain JSON, with everything that is as it was taken from `former`: whoever compares objects finds only
 * what has changed. Of lists about people or calls each entry is compared with the one of the same person or call.
 */
export function share<T>(former: unknown, next: T): T {
  if (Object.is(former, next)) return next;
  // Equal to `next` in every part, or built like it, so it has its type.
  if (Array.isArray(former) && Array.isArray(next)) return shareList(former, next) as T;
  if (isRecord(former) && isRecord(next)) return shareRecord(former, next) as T;
  return next;
}

function shareList(former: readonly unknown[], next: readonly unknown[]): readonly unknown[] {
  const known = new Map(former.map((entry, place) => [nameOf(entry) ?? place, entry]));
  const shared = next.map((entry, place) => share(known.get(nameOf(entry) ?? place), entry));
  const isSame = shared.length === former.length && shared.every((entry, place) => Object.is(entry, former[place]));
  return isSame ? former : shared;
}

function shareRecord(former: Record<string, unknown>, next: Record<string, unknown>): Record<string, unknown> {
  const names = Object.keys(next);
  const shared = Object.fromEntries(names.map((name) => [name, share(former[name], next[name])]));
  const isSame =
    names.length === Object.keys(former).length &&
    names.every((name) => Object.hasOwn(former, name) && Object.is(shared[name], former[name]));
  return isSame ? former : shared;
}

/** What an entry of a list is about. */
function nameOf(entry: unknown): unknown {
  return isRecord(entry) ? (entry["call"] ?? entry["user"]) : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

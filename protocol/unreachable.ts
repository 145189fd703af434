/** The end of every switch over a union: a forgotten case does not compile. Throws, since it cannot be reached. */
export function unreachable(value: never): never {
  throw new Error(`This case cannot be: ${JSON.stringify(value)}`);
}

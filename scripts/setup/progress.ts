/**
 * Runs one step with a line of its own: what it does and, once done, how long that took. A step that ends because the
 * signal was aborted did not fail.
 */
export async function step<T>(title: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  const since = performance.now();
  process.stdout.write(`${title} … `);
  try {
    const result = await work();
    console.log(seconds(performance.now() - since));
    return result;
  } catch (error) {
    console.log(signal?.aborted ? "stopped" : "failed");
    throw error;
  }
}

/** A length of time for people: "3.2 s". */
export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

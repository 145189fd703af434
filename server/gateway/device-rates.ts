import type { DeviceId } from "#protocol";
import { MESSAGES_PER_DEVICE } from "../limits.ts";
import { TokenBucket } from "../token-bucket.ts";

/** The rate of each device, which outlasts its socket: reconnecting gives nobody a new allowance. */
export class DeviceRates {
  readonly #buckets = new Map<DeviceId, TokenBucket>();

  of(device: DeviceId, now: number): TokenBucket {
    const known = this.#buckets.get(device);
    if (known !== undefined) return known;
    const bucket = new TokenBucket(MESSAGES_PER_DEVICE, now);
    this.#buckets.set(device, bucket);
    return bucket;
  }

  /** Forgets the devices that have been quiet: a full bucket is as good as a new one. */
  sweep(now: number): void {
    for (const [device, bucket] of this.#buckets) if (bucket.isFull(now)) this.#buckets.delete(device);
  }
}

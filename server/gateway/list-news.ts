import type { ServerMessageOf } from "#protocol";
import { LIST_NEWS } from "../limits.ts";
import { TokenBucket } from "../token-bucket.ts";
import type { Line } from "./line.ts";

type News = ServerMessageOf<"contacts.changed">;

/**
 * Tells one device that its list of contacts changed. What comes in a flood is told once for many: whoever reads the whole
 * list anew need not do so a thousand times, and nobody makes a thousand others do so.
 */
export class ListNews {
  readonly #line: Line;
  readonly #now: () => number;
  readonly #bucket: TokenBucket;
  #held: News | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(line: Line, now: () => number) {
    this.#line = line;
    this.#now = now;
    this.#bucket = new TokenBucket(LIST_NEWS, now());
  }

  /** `frame`: the news as they travel. */
  tell(news: News, frame: Buffer): void {
    if (this.#held !== undefined) {
      if (this.#held.user !== news.user) this.#held = { type: "contacts.changed" };
    } else if (this.#bucket.take(1, this.#now())) {
      this.#line.sendFrame(frame);
    } else {
      this.#held = news;
      this.#wait();
    }
  }

  /** What is held is of no use any more. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#held = undefined;
  }

  #wait(): void {
    this.#timer = setTimeout(() => this.#release(), this.#bucket.waitMs(1, this.#now()));
  }

  #release(): void {
    if (this.#held === undefined) return;
    if (!this.#bucket.take(1, this.#now())) {
      this.#wait();
      return;
    }
    this.#line.send(this.#held);
    this.#held = undefined;
  }
}

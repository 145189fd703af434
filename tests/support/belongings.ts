/** Whatever has been opened, to be closed in the opposite order. */
export class Belongings {
  readonly #closers: (() => Promise<void>)[] = [];
  #closing: Promise<void> = Promise.resolve();

  add(close: () => Promise<void>): void {
    this.#closers.push(close);
  }

  /** May be called more than once; what is added meanwhile is closed as well. */
  async close(): Promise<void> {
    this.#closing = this.#closing.then(async () => {
      for (let close = this.#closers.pop(); close !== undefined; close = this.#closers.pop()) await close();
    });
    await this.#closing;
  }
}

/** Whatever has been opened, to be closed in the opposite order. */
export class Belongings {
  readonly #closers: (() => Promise<void>)[] = [];
  readonly #errors: unknown[] = [];
  #closing: Promise<void> = Promise.resolve();

  add(close: () => Promise<void>): void {
    this.#closers.push(close);
  }

  /**
   * May be called more than once; what is added meanwhile is closed as well. What fails to close keeps nothing else
   * open; the first such error is thrown when all is done.
   */
  async close(): Promise<void> {
    this.#closing = this.#closing.then(() => this.#closeAll());
    await this.#closing;
    if (this.#errors.length > 0) throw this.#errors[0];
  }

  async #closeAll(): Promise<void> {
    for (let close = this.#closers.pop(); close !== undefined; close = this.#closers.pop()) {
      await close().catch((error: unknown) => this.#errors.push(error));
    }
  }
}

/** Closes what is on its way; where it never comes, whoever waits for it has been told. */
export async function closeOnceThere(coming: Promise<{ close: () => Promise<void> }>): Promise<void> {
  const there = await coming.catch(() => undefined);
  await there?.close();
}

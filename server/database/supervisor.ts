import type { ChildProcess } from "node:child_process";
import type { Logger } from "../logger.ts";

const RESTART_AFTER_MS = 500;
const MAX_RESTART_AFTER_MS = 10_000;
const STOP_WITHIN_MS = 20_000;

/** Starts PostgreSQL again whenever it dies, until it is to stop. */
export class Supervisor {
  readonly #launch: () => Promise<ChildProcess>;
  readonly #logger: Logger;
  readonly #stopping = new AbortController();
  #child: ChildProcess;
  #restarting: Promise<void> = Promise.resolve();

  constructor(child: ChildProcess, launch: () => Promise<ChildProcess>, logger: Logger) {
    this.#child = child;
    this.#launch = launch;
    this.#logger = logger;
    this.#watch();
    // Where the server ends without having stopped it, as on an error that nobody caught.
    process.once("exit", this.#interrupt);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Fast shutdown: open transactions are undone, what was acknowledged is kept. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    process.removeListener("exit", this.#interrupt);
    await this.#restarting;
    const child = this.#child;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    child.kill("SIGINT");
    const timer = setTimeout(() => child.kill("SIGQUIT"), STOP_WITHIN_MS);
    await exited;
    clearTimeout(timer);
  }

  readonly #interrupt = (): void => {
    this.#child.kill("SIGINT");
  };

  #watch(): void {
    const child = this.#child;
    const onExit = () => {
      if (this.#stopping.signal.aborted) return;
      const { exitCode, signalCode } = child;
      this.#logger.error("PostgreSQL ended by itself and is started again", { exitCode, signalCode });
      this.#restarting = this.#restart();
    };
    // It may have ended since it answered.
    if (child.exitCode !== null || child.signalCode !== null) onExit();
    else child.once("exit", onExit);
  }

  async #restart(): Promise<void> {
    for (let afterMs = RESTART_AFTER_MS; ; afterMs = Math.min(afterMs * 2, MAX_RESTART_AFTER_MS)) {
      await new Promise((resolve) => setTimeout(resolve, afterMs));
      if (this.#stopping.signal.aborted) return;
      try {
        this.#child = await this.#launch();
        this.#watch();
        this.#logger.info("PostgreSQL runs again");
        return;
      } catch (error) {
        this.#logger.error("PostgreSQL does not start again", { error });
      }
    }
  }
}

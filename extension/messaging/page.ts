import * as v from "valibot";
import { type Browser, browser } from "wxt/browser";
import type { FunctionParameters } from "#protocol";
import { type Asked, type AskedFunction, type Command, CommandAnswer, readAsked } from "./commands.ts";

/** Asks the background. Never rejects: a background that does not answer is `server-trouble`. */
export async function sendCommand(command: Command): Promise<CommandAnswer> {
  try {
    const read = v.safeParse(CommandAnswer, await browser.runtime.sendMessage(command));
    return read.success ? read.output : { ok: false, problem: "server-trouble" };
  } catch {
    return { ok: false, problem: "server-trouble" };
  }
}

/** Asks one of the server's functions, by way of the background, which alone holds the session. Never rejects. */
export async function askServer<F extends AskedFunction>(
  name: F,
  parameters: FunctionParameters<F>,
): Promise<Asked<F>> {
  return readAsked(name, await sendCommand({ type: "ask", name, parameters }));
}

/** Long enough that a background that cannot start is not asked in a tight loop. */
const REOPEN_AFTER_MS = 100;

/**
 * A port to the background that is opened anew whenever the background's worker dies, which wakes it. It lives as long
 * as the page. `opened` is called for each opening.
 */
export class LastingPort {
  #port: Browser.runtime.Port | undefined;
  /** What was said while no port was open. */
  readonly #waiting: unknown[] = [];
  #isClosed = false;
  readonly #name: string;
  readonly #opened: (port: LastingPort) => void;
  readonly #received: (message: unknown) => void;

  constructor(name: string, opened: (port: LastingPort) => void, received: (message: unknown) => void) {
    this.#name = name;
    this.#opened = opened;
    this.#received = received;
    this.#open();
  }

  post(message: unknown): void {
    if (this.#port === undefined) this.#waiting.push(message);
    else this.#port.postMessage(message);
  }

  /** Ends it for good. */
  close(): void {
    this.#isClosed = true;
    this.#port?.disconnect();
    this.#port = undefined;
  }

  #open(): void {
    if (this.#isClosed) return;
    // Without an id the extension was reloaded, and this page is of the one before.
    if ((browser.runtime.id as string | undefined) === undefined) return;
    const port = browser.runtime.connect({ name: this.#name });
    this.#port = port;
    port.onMessage.addListener((message: unknown) => this.#received(message));
    port.onDisconnect.addListener(() => {
      this.#port = undefined;
      setTimeout(() => this.#open(), REOPEN_AFTER_MS);
    });
    this.#opened(this);
    for (const message of this.#waiting.splice(0)) port.postMessage(message);
  }
}

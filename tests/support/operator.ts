import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdtemp, rm, symlink } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "../../scripts/setup/command.ts";

/** What `npm start` needs of the project. */
const PARTS = [
  "extension",
  "protocol",
  "server",
  "scripts",
  "package.json",
  "package-lock.json",
  "tsconfig.json",
  "wxt.config.ts",
];
const START_MS = 150_000;

/** Somebody who has the project in a folder of their own, and runs `npm start` there. */
export class Operator {
  readonly url: string;
  readonly #folder: string;
  readonly #process: ChildProcess;
  #said = "";

  private constructor(url: string, folder: string, child: ChildProcess) {
    this.url = url;
    this.#folder = folder;
    this.#process = child;
    for (const output of [child.stdout, child.stderr])
      output?.setEncoding("utf8").on("data", (text: string) => (this.#said += text));
  }

  /** Starts, and waits until it is said what to do next. */
  static async start(): Promise<Operator> {
    const folder = await mkdtemp(join(tmpdir(), "beckon-operator-"));
    const isOurs = (path: string) => !path.includes("node_modules");
    for (const part of PARTS) await cp(join(ROOT, part), join(folder, part), { recursive: true, filter: isOurs });
    await symlink(join(ROOT, "node_modules"), join(folder, "node_modules"));
    const port = String(await freePort());
    const url = `http://127.0.0.1:${port}`;
    const own = { PUBLIC_URL: url, PORT: port, HOST: "127.0.0.1", DATA_DIR: join(folder, "data") };
    const env = { ...process.env, BECKON_SERVER: undefined, ...own };
    const child = spawn(process.execPath, [join(folder, "scripts", "run.mjs"), "start"], { cwd: folder, env });
    const operator = new Operator(url, folder, child);
    try {
      await operator.#untilSaid(`offers ${url} as the server`);
      return operator;
    } catch (error) {
      await operator.close();
      throw error;
    }
  }

  /** All that was written so far. */
  get said(): string {
    return this.#said;
  }

  /** Where a build of the extension stands. */
  build(name: "chrome-mv3" | "firefox-mv2"): string {
    return join(this.#folder, ".output", name);
  }

  /** Ends it as Ctrl-C does, and removes the folder with all data. */
  async close(): Promise<void> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      const gone = once(this.#process, "exit");
      this.#process.kill("SIGINT");
      await gone;
    }
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }

  #untilSaid(words: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const fail = () => reject(new Error(`It was not said that it ${words}, but:\n${this.#said}`));
      const late = setTimeout(fail, START_MS);
      const look = () => {
        if (!this.#said.includes(words)) return;
        clearTimeout(late);
        resolve();
      };
      this.#process.stdout?.on("data", look);
      this.#process.once("exit", fail);
    });
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  // A listening server has an address and a port.
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

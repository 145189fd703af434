import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DATABASE_USER } from "../../server/database/cluster.ts";
import { openSecrets } from "../../server/secrets.ts";
import { plantSeed } from "./seeded.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const END_WITH_PARENT = new URL("end-with-parent.ts", import.meta.url).href;
const START_MS = 60_000;
const STOP_MS = 30_000;

export interface BackendOptions {
  /** Added to the environment: the contract's spans, shortened, for example. */
  readonly env?: Readonly<Record<string, string>>;
  /** Modules that the server's process loads before its own code. */
  readonly imports?: readonly URL[];
  /** Ends a start that is under way. */
  readonly signal?: AbortSignal;
}

/** The real server as a process of its own, on a free port, with its data in a temporary folder. */
export class Backend {
  /** Its address for clients; the same after a restart. */
  url = "";
  /** Where it listens; the same after a restart. */
  port = 0;
  readonly dataDir: string;
  readonly #env: Readonly<Record<string, string>>;
  readonly #imports: readonly string[];
  #process: ChildProcess | undefined;
  #isAskedToStop = false;
  #log = "";

  private constructor(dataDir: string, { env = {}, imports = [] }: BackendOptions) {
    this.dataDir = dataDir;
    this.#env = { HOST: "127.0.0.1", ...env };
    this.#imports = [END_WITH_PARENT, ...imports.map(({ href }) => href)];
  }

  /** Starts a server; throws with what it wrote where it does not come up. */
  static async start(options: BackendOptions = {}): Promise<Backend> {
    const dataDir = await mkdtemp(join(tmpdir(), "beckon-data-"));
    const backend = new Backend(dataDir, options);
    const giveUp = () => {
      backend.#askToStop();
    };
    options.signal?.addEventListener("abort", giveUp, { once: true });
    try {
      options.signal?.throwIfAborted();
      await plantSeed(dataDir);
      await backend.#launch();
      return backend;
    } catch (error) {
      await backend.close();
      throw error;
    } finally {
      options.signal?.removeEventListener("abort", giveUp);
    }
  }

  /** The process id of Node, without PostgreSQL's. */
  get pid(): number {
    if (this.#process?.pid === undefined) throw new Error("The server is not running.");
    return this.#process.pid;
  }

  /** The process id of PostgreSQL's first process, while it runs. */
  postgresPid(): Promise<number | undefined> {
    return postgresPid(this.dataDir);
  }

  /** The address of its PostgreSQL as it is now, with the password. */
  async databaseUri(): Promise<string> {
    const { database } = await openSecrets(this.dataDir);
    const port = (await readFile(join(this.dataDir, "postgres", "postmaster.pid"), "utf8")).split("\n")[3];
    return `postgres://${DATABASE_USER}:${database}@127.0.0.1:${port ?? ""}/beckon`;
  }

  /** What the server wrote since it was first started. */
  get log(): string {
    return this.#log;
  }

  /** Ends Node as a crash would; PostgreSQL lives on. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  /** Asks the server to stop and waits for it. */
  async stop(): Promise<void> {
    await this.#end("SIGTERM");
  }

  /** Starts the server again, on the same data and port. */
  async restart(): Promise<void> {
    await this.#launch();
  }

  /** Stops everything, also a PostgreSQL that a killed server has left, and removes the data. */
  async close(): Promise<void> {
    await this.stop();
    await stopPostgres(this.dataDir);
    await rm(this.dataDir, { recursive: true, force: true });
  }

  async #launch(): Promise<void> {
    const env = { ...process.env, ...this.#env, PORT: String(this.port), DATA_DIR: this.dataDir };
    // A group of its own: a Ctrl-C is ours to pass on, in the right order.
    const imports = this.#imports.flatMap((module) => ["--import", module]);
    const server = spawn(process.execPath, [...imports, join(ROOT, "server", "main.ts")], {
      cwd: ROOT,
      env,
      stdio: ["pipe", "pipe", "pipe"],
      detached: true,
    });
    this.#process = server;
    this.#isAskedToStop = false;
    const logFrom = this.#log.length;
    await new Promise<void>((resolve, reject) => {
      const fail = (why: string) => {
        reject(new Error(`The server ${why}. It wrote:\n${this.#log}`));
      };
      const late = setTimeout(fail, START_MS, `did not say within ${String(START_MS / 1000)} s that it serves`);
      const read = (text: string) => {
        this.#log += text;
        const written = this.#log.slice(logFrom);
        const url = /^Beckon serves at (\S+)$/m.exec(written)?.[1];
        const port = /"port":(\d+),"msg":"the server serves"/.exec(written)?.[1];
        if (url === undefined || port === undefined) return;
        clearTimeout(late);
        this.url = url;
        this.port = Number(port);
        resolve();
      };
      for (const output of [server.stdout, server.stderr]) output.setEncoding("utf8").on("data", read);
      server.once("exit", (code) => {
        clearTimeout(late);
        fail(`ended with exit code ${String(code)}`);
      });
    });
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const server = this.#process;
    if (server?.pid === undefined || server.exitCode !== null || server.signalCode !== null) return;
    const gone = once(server, "exit");
    if (signal === "SIGTERM") this.#askToStop();
    else server.kill(signal);
    const late = setTimeout(() => server.kill("SIGKILL"), STOP_MS);
    await gone;
    clearTimeout(late);
  }

  /** Once: a server that is asked twice leaves at once, with things still to be put away. */
  #askToStop(): void {
    if (this.#isAskedToStop) return;
    this.#isAskedToStop = true;
    this.#process?.kill("SIGTERM");
  }
}

async function postgresPid(dataDir: string): Promise<number | undefined> {
  const files = await readdir(dataDir, { recursive: true }).catch(() => []);
  const pidFile = files.find((file) => file.endsWith("postmaster.pid"));
  if (pidFile === undefined) return undefined;
  return Number((await readFile(join(dataDir, pidFile), "utf8")).split("\n")[0]);
}

async function stopPostgres(dataDir: string): Promise<void> {
  const pid = await postgresPid(dataDir);
  if (pid === undefined) return;
  try {
    // Immediate shutdown, PostgreSQL's SIGQUIT: the data is thrown away.
    process.kill(pid, "SIGQUIT");
    while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 20));
  } catch {
    // It has ended by itself.
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

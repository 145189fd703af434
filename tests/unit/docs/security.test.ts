import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as v from "valibot";
import { describe, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");

/** Each row of the tables of controls, with the tests that it names: a file, and titles out of it. */
const CONTROLS = read("docs/security.md")
  .split("\n")
  .filter((line) => /^\| .*`tests\//.test(line))
  .map((line) => {
    // A row has its two cells.
    const [, control = "", proof = ""] = line.split("|").map((cell) => cell.trim());
    const tests = [...proof.matchAll(/`(tests\/[\w./-]+)`([^`]*)/g)].flatMap(([, file = "", titles = ""]) =>
      [...titles.matchAll(/“([^”]+)”/g)].map(([, title = ""]) => ({ file, title })),
    );
    return { control, tests };
  });

const Lock = v.object({ packages: v.record(v.string(), v.object({ version: v.optional(v.string()) })) });

describe("docs/security.md", () => {
  it("has a row for each control", () => {
    expect(CONTROLS.length).toBeGreaterThan(30);
  });

  it.each(CONTROLS)("$control", ({ tests }) => {
    expect(tests).not.toEqual([]);
    for (const { file, title } of tests) {
      expect(existsSync(join(ROOT, file)), file).toBe(true);
      expect(read(file), `${file}: ${title}`).toContain(title);
    }
  });
});

describe("what no test at run time would see", () => {
  it("allows extension pages no code but their own", () => {
    const config = read("wxt.config.ts");
    for (const line of ["default-src 'none'", "script-src 'self'", "base-uri 'none'", "frame-ancestors 'none'"]) {
      expect(config).toContain(`"${line}"`);
    }
    expect(config).not.toMatch(/unsafe-|wasm-/);
  });

  it("is that no library below us brings a WebSocket server with the memory faults of ws before 8.21", () => {
    const { packages } = v.parse(Lock, JSON.parse(read("package-lock.json")));
    const versions = Object.entries(packages).flatMap(([path, { version }]) =>
      /(^|\/)node_modules\/ws$/.test(path) ? (version ?? []) : [],
    );
    expect(versions).not.toEqual([]);
    for (const version of versions)
      expect(Number(version.split(".").slice(0, 2).join("."))).toBeGreaterThanOrEqual(8.21);
  });

  it("is lint that no text becomes HTML", () => {
    expect(read("eslint.config.ts")).toContain('"svelte/no-at-html-tags": "error"');
  });
});

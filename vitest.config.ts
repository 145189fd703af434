import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

/** Tests that take minutes, of any project. */
const LONG = "tests/**/*.long.test.ts";

/** Vitest would keep a core for itself, which has next to nothing to do. */
const cores = availableParallelism();

/** What is done before the projects that start servers. */
const globalSetup = ["tests/support/data-seed.ts"];

export default defineConfig({
  test: {
    projects: [
      { test: { name: "unit", maxWorkers: cores, include: ["tests/unit/**/*.test.ts"], exclude: [LONG] } },
      {
        test: {
          name: "server",
          globalSetup,
          // Each has a server and a PostgreSQL of its own.
          maxWorkers: Math.min(cores, 4),
          sequence: { groupOrder: 1 },
          include: ["tests/server/**/*.test.ts"],
          exclude: [LONG],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "e2e",
          globalSetup,
          sequence: { groupOrder: 2 },
          include: ["tests/e2e/**/*.test.ts"],
          exclude: [LONG],
          // Two browsers with video use up two cores by themselves.
          fileParallelism: false,
          testTimeout: 90_000,
          hookTimeout: 90_000,
        },
      },
      {
        test: {
          name: "long",
          globalSetup,
          sequence: { groupOrder: 3 },
          include: [LONG],
          fileParallelism: false,
          testTimeout: 20 * 60_000,
          hookTimeout: 90_000,
        },
      },
    ],
  },
});

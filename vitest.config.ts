import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

/** Tests that take minutes, of any project. */
const LONG = "tests/**/*.long.test.ts";

/** Vitest would keep a core for itself, which has next to nothing to do. */
const cores = availableParallelism();

/** What is done once, before the tests that start servers. */
const SEED = "tests/support/data-seed.ts";

export default defineConfig({
  test: {
    projects: [
      { test: { name: "unit", maxWorkers: cores, include: ["tests/unit/**/*.test.ts"], exclude: [LONG] } },
      {
        test: {
          name: "server",
          globalSetup: [SEED],
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
          globalSetup: [SEED, "tests/support/gallery/built.ts"],
          // A call of two browsers takes half a core, to begin one all that there is, and most of a test is waiting.
          maxWorkers: Math.min(cores, 2),
          sequence: { groupOrder: 2 },
          include: ["tests/e2e/**/*.test.ts"],
          exclude: [LONG],
          testTimeout: 90_000,
          hookTimeout: 90_000,
        },
      },
      {
        test: {
          name: "long",
          globalSetup: [SEED],
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

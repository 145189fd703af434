import { defineConfig } from "vitest/config";

/** Tests that take minutes, of any project. */
const LONG = "tests/**/*.long.test.ts";

export default defineConfig({
  test: {
    projects: [
      { test: { name: "unit", include: ["tests/unit/**/*.test.ts"], exclude: [LONG] } },
      {
        test: {
          name: "server",
          include: ["tests/server/**/*.test.ts"],
          exclude: [LONG],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "e2e",
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
          include: [LONG],
          fileParallelism: false,
          testTimeout: 20 * 60_000,
          hookTimeout: 90_000,
        },
      },
    ],
  },
});

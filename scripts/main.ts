import { setUpDependencies } from "./setup/dependencies.ts";
import { SetupFailure } from "./setup/command.ts";
import type { Browser } from "./setup/extension.ts";

/** What a task needs before it can run, and how to run it. Its module is read only then: it may need dependencies. */
interface Task {
  readonly browsers: readonly ("chromium" | "firefox")[];
  readonly builds: readonly Browser[];
  /** The server that the builds offer at first. */
  readonly server?: string;
  readonly run: (args: readonly string[], signal: AbortSignal) => Promise<number>;
}

const nothing = { browsers: [], builds: [] } as const;
const everything = { browsers: ["chromium", "firefox"], builds: ["chrome", "firefox"] } as const;

const tasks: Readonly<Record<string, Task>> = {
  setup: { ...everything, run: async () => Promise.resolve(0) },
  demo: {
    browsers: ["chromium"],
    builds: ["chrome"],
    run: async (args, signal) => (await import("./demo.ts")).demo(args, signal),
  },
  start: {
    browsers: [],
    builds: ["chrome", "firefox"],
    server: servedAt(),
    run: async (_args, signal) => (await import("./start.ts")).start(signal),
  },
  check: { ...nothing, run: async (_args, signal) => (await import("./test.ts")).check(signal) },
  test: { ...everything, run: async (_args, signal) => (await import("./test.ts")).testAll(signal) },
  unit: { ...nothing, run: async (args, signal) => (await import("./test.ts")).testOne("unit", args, signal) },
  server: { ...nothing, run: async (args, signal) => (await import("./test.ts")).testOne("server", args, signal) },
  e2e: { ...everything, run: async (args, signal) => (await import("./test.ts")).testOne("e2e", args, signal) },
  long: {
    ...everything,
    run: async (args, signal) => {
      await (await import("./setup/networks.ts")).setUpNetworks(signal);
      await (await import("./setup/relay.ts")).setUpRelay(signal);
      await (await import("./setup/sound.ts")).setUpSound(signal);
      await (await import("./setup/display.ts")).setUpDisplay(signal);
      return (await import("./test.ts")).testOne("long", args, signal);
    },
  },
  results: { ...nothing, run: async () => (await import("./test-results.ts")).printResults() },
  bench: { ...everything, run: async (_args, signal) => (await import("./bench.ts")).bench(signal) },
  "bench:call": {
    browsers: ["chromium"],
    builds: ["chrome"],
    run: async (args, signal) => (await import("./bench-call.ts")).benchCall(args, signal),
  },
  "bench:long-call": {
    browsers: ["chromium"],
    builds: ["chrome"],
    run: async (args, signal) => (await import("./bench-long-call.ts")).benchLongCall(args, signal),
  },
  "bench:narrow-line": {
    browsers: ["chromium"],
    builds: ["chrome"],
    run: async (args, signal) => (await import("./bench-narrow-line.ts")).benchNarrowLine(args, signal),
  },
  storm: { ...nothing, run: async (args, signal) => (await import("./storm.ts")).storm(args, signal) },
  pictures: {
    browsers: ["chromium"],
    builds: ["chrome"],
    run: async (_args, signal) => (await import("./pictures.ts")).pictures(signal),
  },
  screens: {
    browsers: ["chromium"],
    builds: [],
    run: async (_args, signal) => (await import("./screens.ts")).screens(signal),
  },
  simulate: { ...nothing, run: async (args, signal) => (await import("./test.ts")).simulate(args, signal) },
};

/** Where the server that is about to start will serve its people. */
function servedAt(): string {
  const { BECKON_SERVER, PUBLIC_URL, PORT } = process.env;
  return BECKON_SERVER || PUBLIC_URL || `http://localhost:${PORT || "8787"}`;
}

/** Sets up what a task lacks and runs it; returns the exit code. */
export async function main([name = "", ...args]: readonly string[]): Promise<number> {
  const task = Object.hasOwn(tasks, name) ? tasks[name] : undefined;
  if (task === undefined) {
    console.error(`There is no task "${name}". The tasks are ${Object.keys(tasks).join(", ")}.`);
    return 1;
  }
  const stopping = new AbortController();
  let exitCode: number | undefined;
  // A terminal's Ctrl-C may arrive twice, from it and from npm: the first begins the end, the others change nothing.
  for (const [signal, code] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const) {
    process.on(signal, () => {
      exitCode ??= code;
      stopping.abort(new Error(`stopped by ${signal}`));
    });
  }
  try {
    await setUp(task, stopping.signal);
    return await task.run(args, stopping.signal);
  } catch (error) {
    if (exitCode !== undefined) return exitCode;
    if (!(error instanceof SetupFailure)) throw error;
    console.error(error.message);
    return 1;
  }
}

async function setUp(task: Task, signal: AbortSignal): Promise<void> {
  await setUpDependencies(signal);
  if (task.browsers.length > 0) {
    const { setUpChromium, setUpFirefox } = await import("./setup/browsers.ts");
    for (const browser of task.browsers) await (browser === "chromium" ? setUpChromium : setUpFirefox)(signal);
  }
  const { setUpExtension } = await import("./setup/extension.ts");
  for (const build of task.builds) await setUpExtension(build, signal, task.server ?? process.env["BECKON_SERVER"]);
}

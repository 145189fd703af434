import { createApp, type App } from "./app.ts";
import { readConfig, type Config } from "./config.ts";
import { createLogger, type Logger } from "./logger.ts";

/** A stop that takes longer than this is not waited for. */
const STOP_WITHIN_MS = 20_000;

const read = readConfig(process.env);
if (read.ok) await serve(read.config);
else refuse(read.problems);

async function serve(config: Config): Promise<void> {
  // The log goes to standard error, so that standard output has one line: the address.
  const log = createLogger(config.logLevel, { write: (line) => process.stderr.write(line) });
  ignoreClosedPipes();
  const starting = createApp(config, { log });
  const end = ender(starting, log);
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => end(0));
  for (const fault of ["uncaughtException", "unhandledRejection"] as const) {
    process.on(fault, (error: unknown) => {
      log.error("the server has a fault and stops", { error });
      end(1);
    });
  }
  try {
    const { url } = await starting;
    process.stdout.write(`Beckon serves at ${url}\n`);
  } catch (error) {
    log.debug("the server cannot start", { error });
    refuse([error instanceof Error ? error.message : String(error)]);
    process.exit();
  }
}

/** Stops the server once, also one that is still starting; whoever asks a second time is not kept waiting. */
function ender(starting: Promise<App>, log: Logger): (exitCode: number) => void {
  let isEnding = false;
  return (exitCode) => {
    if (isEnding) process.exit(exitCode === 0 ? 1 : exitCode);
    isEnding = true;
    setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref();
    starting
      .then((app) => app.close())
      .then(
        () => process.exit(exitCode),
        (error: unknown) => {
          log.error("the server did not stop cleanly", { error });
          process.exit(1);
        },
      );
  };
}

function refuse(problems: string[]): void {
  process.exitCode = 1;
  for (const problem of problems) process.stderr.write(`${problem}\n`);
}

/** Whoever read our output may be gone before us. */
function ignoreClosedPipes(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
}

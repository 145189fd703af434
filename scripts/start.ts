import { spawn } from "node:child_process";
import { join, resolve } from "node:path";
import { ROOT } from "./setup/command.ts";
import { extensionFolder } from "./setup/extension.ts";

/** Runs the server on the operator's data until a signal ends it, and says once what to do next; returns its exit code. */
export async function start(signal: AbortSignal): Promise<number> {
  // A group of its own: a Ctrl-C is ours to pass on, once.
  const server = spawn(process.execPath, [join(ROOT, "server", "main.ts")], {
    cwd: ROOT,
    env: { ...process.env, NODE_ENV: "production" },
    stdio: ["ignore", "pipe", "inherit"],
    detached: true,
  });
  const stop = () => void server.kill("SIGTERM");
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();

  let written: string | undefined = "";
  server.stdout.setEncoding("utf8").on("data", (text: string) => {
    process.stdout.write(text);
    if (written === undefined) return;
    written += text;
    const address = /(https?:\/\/\S+)\n/.exec(written)?.[1];
    if (address === undefined) return;
    written = undefined;
    sayWhatIsNext(address);
  });
  return new Promise((done, reject) => {
    server.once("error", reject);
    server.once("exit", (code, endedBy) => {
      if (code !== 0) sayHowItEnded(code, endedBy, written === undefined);
      done(code ?? 1);
    });
  });
}

function sayHowItEnded(code: number | null, endedBy: NodeJS.Signals | null, hadServed: boolean): void {
  const how = endedBy === null ? `exit code ${String(code)}` : `killed by ${endedBy}`;
  console.error(
    hadServed
      ? `The server ended (${how}). Its log above may say why; the same command starts it again on the same data.`
      : `The server did not start (${how}).`,
  );
}

function sayWhatIsNext(address: string): void {
  const data = resolve(ROOT, process.env["DATA_DIR"] || "data");
  console.log(
    [
      `1. Load the extension. Chrome: chrome://extensions, "Developer mode", "Load unpacked", the folder ${extensionFolder("chrome")}`,
      `   Firefox: about:debugging#/runtime/this-firefox, "Load Temporary Add-on", the file ${join(extensionFolder("firefox"), "manifest.json")}`,
      `2. Its welcome page opens and offers ${address} as the server: create an account there.`,
      `3. For other machines put a web server with TLS in front and set PUBLIC_URL (docs/operating.md). The data is in ${data}`,
      ...(process.env["SMTP_URL"]
        ? []
        : [
            "4. No mail is set up: links for people, such as for a new password, come in this log. SMTP_URL sends them.",
          ]),
    ].join("\n"),
  );
}

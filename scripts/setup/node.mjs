// A Node that is new enough. Plain JavaScript, since it runs where there is none yet.
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The first Node that runs TypeScript by itself, as the server and these scripts are. */
const OLDEST = [22, 18];
const FOLDER = fileURLToPath(new URL("../node/", import.meta.url));
const PACKAGE = `node_modules/node-${process.platform}-${process.arch}`;
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"];

/** Whether a version such as "20.20.2" can run the project. */
export function hasNewEnoughNode(version) {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
}

/** Fetches the pinned Node where it is not there yet, runs `script` on it, and returns its exit code. */
export async function runOnPinnedNode(script, args) {
  const wanted = readVersion("package-lock.json");
  if (wanted === undefined) {
    console.error(
      `Beckon needs Node ${OLDEST.join(".")} or newer, and this is Node ${process.versions.node}. ` +
        "Install Node 24 from https://nodejs.org and run the same command again.",
    );
    return 1;
  }
  // npm writes this file when it is done: a fetch that was cut short is made again.
  if (readVersion("node_modules/.package-lock.json") !== wanted) {
    const code = await fetchPinnedNode();
    if (code !== 0) return code;
  }
  const bin = join(FOLDER, PACKAGE, "bin");
  const PATH = [bin, process.env.PATH].filter(Boolean).join(delimiter);
  return passSignals(spawn(join(bin, "node"), [script, ...args], { stdio: "inherit", env: { ...process.env, PATH } }));
}

/** The version of this platform's Node that a lockfile names. */
function readVersion(lockfile) {
  const path = join(FOLDER, lockfile);
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")).packages[PACKAGE]?.version : undefined;
}

async function fetchPinnedNode() {
  const since = Date.now();
  process.stdout.write(`Fetching a newer Node (this is ${process.versions.node}) … `);
  const npm = spawn("npm", ["ci", "--include=optional", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: FOLDER,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [npm.stdout, npm.stderr]) stream.setEncoding("utf8").on("data", (text) => (said += text));
  let isStopped = false;
  const code = await passSignals(npm, () => (isStopped = true));
  if (code === 0) {
    console.log(`${((Date.now() - since) / 1000).toFixed(1)} s`);
  } else if (isStopped) {
    console.log("stopped");
  } else {
    console.log("failed");
    console.error(said.trim().split("\n").slice(0, 15).join("\n"));
    console.error(
      "npm could not fetch it. Check the network and try again, or install Node 24 from https://nodejs.org.",
    );
  }
  return code;
}

/** Waits for a child to end and returns its exit code; signals that reach us meanwhile go on to it, and are told. */
function passSignals(child, onSignal = () => {}) {
  const pass = (signal) => {
    onSignal();
    child.kill(signal);
  };
  for (const signal of SIGNALS) process.on(signal, pass);
  return new Promise((resolve) => {
    child.on("error", (error) => {
      console.error(`${error.message}. npm and Node are needed: install Node 24 from https://nodejs.org.`);
      resolve(1);
    });
    child.on("close", (code, signal) => {
      for (const name of SIGNALS) process.off(name, pass);
      resolve(signal === "SIGINT" ? 130 : signal === "SIGTERM" ? 143 : (code ?? 1));
    });
  });
}

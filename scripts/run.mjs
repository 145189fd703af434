// The way in of `npm run demo`, `npm test` and `npm start`. Plain JavaScript with built-ins only: it has to run on
// the old Node of a bare machine, and goes on in TypeScript with a Node that is new enough.
import { fileURLToPath } from "node:url";
import { hasNewEnoughNode, runOnPinnedNode } from "./setup/node.mjs";

if (hasNewEnoughNode(process.versions.node)) {
  const { main: runTask } = await import("./main.ts");
  process.exitCode = await runTask(process.argv.slice(2));
} else {
  process.exitCode = await runOnPinnedNode(fileURLToPath(import.meta.url), process.argv.slice(2));
}

import { parseArgs } from "node:util";
import { simulate } from "./simulate.ts";

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "2000" },
    from: { type: "string", default: "0" },
    seed: { type: "string" },
  },
});

if (values.seed === undefined) runMany(number(values.from, "from"), number(values.seeds, "seeds"));
else replay(number(values.seed, "seed"));

function runMany(from: number, count: number): void {
  const startedAt = performance.now();
  const failed: number[] = [];
  for (let seed = from; seed < from + count; seed += 1) {
    const { problems } = simulate(seed);
    if (problems.length === 0) continue;
    failed.push(seed);
    console.log(`seed ${seed}: ${problems.join("\n  ")}`);
  }
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(
    `${count} seeds in ${seconds} s, ${failed.length} failed${failed.length > 0 ? `: ${failed.join(" ")}` : ""}`,
  );
  if (failed.length > 0) {
    console.log(`Replay one with: node tests/support/simulation/run.ts --seed ${failed[0]}`);
    process.exitCode = 1;
  }
}

function replay(seed: number): void {
  const { trace, problems } = simulate(seed, { traced: true });
  console.log(trace.join("\n"));
  console.log(problems.length === 0 ? `seed ${seed} holds` : `seed ${seed} fails:\n  ${problems.join("\n  ")}`);
  if (problems.length > 0) process.exitCode = 1;
}

function number(text: string, option: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  console.error(`--${option} must be a whole number of at least 0, not '${text}'.`);
  process.exit(2);
}

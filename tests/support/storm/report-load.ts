import { lateOf, watchDelay } from "./loop-delay.ts";

// Loaded into a server before its own code: at SIGUSR2 it writes one line about its load since the last such line.
const delay = watchDelay();
let cpu = process.cpuUsage();

process.on("SIGUSR2", () => {
  const { user, system } = process.cpuUsage(cpu);
  cpu = process.cpuUsage();
  const load = {
    cpuSeconds: (user + system) / 1e6,
    peakMegabytes: process.resourceUsage().maxRSS / 1000,
    lagP50Ms: lateOf(delay.percentile(50)),
    lagP99Ms: lateOf(delay.percentile(99)),
    lagMaxMs: lateOf(delay.max),
  };
  delay.reset();
  process.stderr.write(`{"load":${JSON.stringify(load)}}\n`);
});

import { checkQuiet } from "./quiet.ts";
import { actAtRandom } from "./script.ts";
import { Setting } from "./setting.ts";
import { World } from "./world.ts";

/** How long people and the world act, and how long it then takes until everything must have settled. */
const ACTING_MS = 120_000;
const QUIET_MS = 200_000;

export interface Run {
  seed: number;
  /** One sentence for each promise that was not kept; empty where all is well. */
  problems: string[];
  trace: string[];
}

/** Plays one run of several people with several devices each, from a seed. Never throws. */
export function simulate(seed: number, { traced = false }: { traced?: boolean } = {}): Run {
  const setting = new Setting(seed, traced);
  try {
    const world = new World(setting);
    const { random, schedule } = setting;
    const end = schedule.now + ACTING_MS;
    const next = (): void => {
      if (schedule.now >= end) return;
      actAtRandom(world);
      schedule.after(random.between(20, 1_800), next);
    };
    schedule.after(4_000, next);
    schedule.runUntil(end);
    world.settle();
    schedule.runUntil(end + QUIET_MS);
    checkQuiet(world);
  } catch (caught) {
    setting.problem(`it threw: ${caught instanceof Error ? (caught.stack ?? caught.message) : String(caught)}`);
  }
  return { seed, problems: setting.problems, trace: setting.trace };
}

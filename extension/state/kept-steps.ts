import * as v from "valibot";

const KEY = "welcome-steps";
const Kept = v.array(v.string());

/** What a tab of the first run had tried by itself; it lives as long as the tab, reloads included. */
export function keptSteps(): string[] {
  try {
    const kept = v.safeParse(Kept, JSON.parse(sessionStorage.getItem(KEY) ?? "[]"));
    return kept.success ? kept.output : [];
  } catch {
    return [];
  }
}

export function keepSteps(steps: readonly string[]): void {
  sessionStorage.setItem(KEY, JSON.stringify(steps));
}

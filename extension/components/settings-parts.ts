/** The parts of the page, in their order. */
export const SETTINGS_PARTS = [
  "account",
  "devices",
  "ring",
  "reach",
  "availability",
  "privacy",
  "language",
  "server",
  "shortcuts",
  "data",
  "steps",
] as const;
export type SettingsPartId = (typeof SETTINGS_PARTS)[number];

/** Those that concern this device, and are there for who is not signed in as well. */
export const DEVICE_PARTS: readonly SettingsPartId[] = ["devices", "ring", "reach", "language", "shortcuts", "steps"];

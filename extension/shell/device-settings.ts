import * as v from "valibot";
import { DEVICE_AT_FIRST, type DeviceSettings } from "../core/device-settings.ts";
import { deviceFields } from "../messaging/device-settings.ts";

/** What was kept, read field by field: one that cannot be read is as it was at first, and takes no other with it. */
export function readDeviceSettings(stored: unknown): DeviceSettings {
  const read = v.safeParse(v.record(v.string(), v.unknown()), stored);
  const known = read.success ? read.output : {};
  const sound = Object.entries(deviceFields).filter(([name, schema]) => v.is(schema, known[name]));
  // Each value that is left was held against the schema of its name.
  return { ...DEVICE_AT_FIRST, ...Object.fromEntries(sound.map(([name]) => [name, known[name]])) };
}

import type { AlertMode, DeviceId, Settings } from "#protocol";

/** What one device said of its ringing: at first, and lately. */
export interface Receipt {
  first: AlertMode;
  latest: AlertMode;
}

/** The devices that have begun to ring. */
export type Receipts = Map<DeviceId, Receipt>;

/** Notes what a device says; counted once. */
export function note(receipts: Receipts, device: DeviceId, mode: AlertMode): void {
  receipts.set(device, { first: receipts.get(device)?.first ?? mode, latest: mode });
}

/** How many devices ring, and the loudest of their modes; undefined where none has begun. */
export interface Heard {
  devices: number;
  mode: AlertMode;
}

/** How it rings in truth. */
export function heard(receipts: Receipts): Heard | undefined {
  return heardAs(receipts, ({ latest }) => latest);
}

/**
 * How it rings as far as the caller may know. Where the callee hides that they are in a call, a ring that waits is one
 * without sound, and each device's first word stands: a later one would tell when a talk began or ended. [CALL-9]
 */
export function heardByCaller(receipts: Receipts, { showBusy }: Pick<Settings, "showBusy">): Heard | undefined {
  if (showBusy) return heard(receipts);
  return heardAs(receipts, ({ first }) => (first === "waiting" ? "silent" : first));
}

function heardAs(receipts: Receipts, modeOf: (receipt: Receipt) => AlertMode): Heard | undefined {
  const modes = new Set([...receipts.values()].map(modeOf));
  const mode = (["loud", "silent", "waiting"] as const).find((one) => modes.has(one));
  return mode && { devices: receipts.size, mode };
}

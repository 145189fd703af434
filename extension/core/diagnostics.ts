import type { AppState } from "./app-state-types.ts";
import type { DeviceSettings } from "./device-settings.ts";
import { lineViewOf } from "./projection.ts";

/** The line's end, as the socket told it. */
export interface SocketEnd {
  at: number;
  code: number;
}

/**
 * What a report of a fault needs of the state: what it is at and how many, and never who or where. Nothing is handed on as it
 * is; each field is named here.
 */
export function diagnosticsOf(state: AppState, ends: readonly SocketEnd[], at: number) {
  const closes = ends.map((end) => ({ secondsAgo: Math.round((at - end.at) / 1000), code: end.code }));
  const shared = { device: deviceDiagnostics(state.device), closes };
  if (state.at === "signed-out") return { session: "signed-out", sessionEnded: state.sessionEnded, ...shared };
  const { connection, roster, call, others, settings } = state;
  const line = lineViewOf(connection);
  return {
    session: "signed-in",
    line: line.at === "offline" ? `offline: ${line.why}` : line.at,
    failures: connection.failures,
    availability: state.self.availability,
    unattended: state.idle,
    contacts: roster.known ? roster.contacts.length : "unknown",
    call: call.at,
    waitingRings: others.length,
    owedEndings: state.owed.length,
    showBusy: settings.showBusy,
    secondCall: settings.secondCall,
    ...shared,
  };
}

/** Ids of devices tell one machine from another, and their names may hold a person's: only whether there was a choice is told. */
function deviceDiagnostics({ camera, microphone, speaker, ringer, ...rest }: DeviceSettings) {
  const { ringSilently, ringSound, ringVolume, quietHours, idleMinutes, relayOnly, language = "browser" } = rest;
  const chosen = Object.entries({ camera, microphone, speaker, ringer }).flatMap(([name, id]) => (id ? [name] : []));
  return {
    ringSilently,
    ringSound,
    ringVolume,
    quietHours: quietHours !== undefined,
    idleMinutes,
    relayOnly,
    language,
    chosen,
  };
}

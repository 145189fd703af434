import type { IceServer } from "#protocol";
import type { IceTrial } from "../core/reach.ts";

const GATHER_WITHIN_MS = 8_000;

/** What the browser gathers with the server's STUN and TURN servers; undefined where they are not known. */
export async function tryIce(servers: IceServer[] | undefined): Promise<{ stun: IceTrial; turn: IceTrial }> {
  if (servers === undefined) return { stun: UNKNOWN, turn: UNKNOWN };
  const [stun, turn] = await Promise.all([
    gather(named(servers, /^stuns?:/i), "srflx"),
    gather(named(servers, /^turns?:/i), "relay"),
  ]);
  return { stun, turn };
}

const UNKNOWN: IceTrial = { isConfigured: undefined, arrived: false, failed: false };

/** Of each entry the addresses of one kind. */
function named(servers: IceServer[], kind: RegExp): RTCIceServer[] {
  return servers.flatMap(({ urls: all, username, credential }) => {
    const urls = all.filter((url) => kind.test(url));
    const pass = username === undefined || credential === undefined ? {} : { username, credential };
    return urls.length === 0 ? [] : [{ urls, ...pass }];
  });
}

/** Gathers until a candidate of that type comes, gathering is over, or it takes too long. */
async function gather(iceServers: RTCIceServer[], type: RTCIceCandidateType): Promise<IceTrial> {
  if (iceServers.length === 0) return { isConfigured: false, arrived: false, failed: false };
  const connection = opened({ iceServers, iceTransportPolicy: type === "relay" ? "relay" : "all" });
  if (connection === undefined) return { isConfigured: true, arrived: false, failed: true };
  const signal = AbortSignal.timeout(GATHER_WITHIN_MS);
  let failed = false;
  connection.addEventListener("icecandidateerror", () => (failed = true));
  try {
    const arrived = await new Promise<boolean>((resolve) => {
      connection.addEventListener("icecandidate", ({ candidate }) => {
        if (candidate === null) resolve(false);
        else if (candidate.type === type) resolve(true);
      });
      signal.addEventListener("abort", () => {
        failed = true;
        resolve(false);
      });
      connection.createDataChannel("trial");
      // Without an offer nothing is gathered; one that cannot be made brings nothing either.
      connection.setLocalDescription().catch(() => resolve(false));
    });
    return { isConfigured: true, arrived, failed };
  } finally {
    connection.close();
  }
}

/** Undefined where the browser takes an address of the server's for none. */
function opened(configuration: RTCConfiguration): RTCPeerConnection | undefined {
  try {
    return new RTCPeerConnection(configuration);
  } catch {
    return undefined;
  }
}

import * as v from "valibot";
import type { DeviceSettings } from "../core/device-settings.ts";
import type { View } from "../core/view.ts";
import {
  availabilityOutcome,
  badgeOutcome,
  deviceOutcome,
  newReach,
  notificationOutcome,
  type Reach,
  type ReachCheckName,
  type ReachOutcome,
  ringOutcome,
  serverOutcome,
  sessionOutcome,
  stunOutcome,
  turnOutcome,
} from "../core/reach.ts";
import { tryCamera, tryMicrophone } from "../media/probe-devices.ts";
import { tryIce } from "../media/probe-ice.ts";
import type { Command } from "../messaging/commands.ts";
import { askServer, sendCommand } from "../messaging/page.ts";
import { LineTrial, RingTrial } from "../messaging/trials.ts";
import { appView } from "./app-view.svelte.ts";

/** "Can people reach me?", tried step by step. Camera and microphone are asked for, so begin it within a click. */
class ReachCheck {
  #reach = $state.raw<Reach>();
  #isRunning = false;

  /** Undefined until it was begun. */
  get reach(): Reach | undefined {
    return this.#reach;
  }

  /** The whole way. */
  run(): Promise<void> {
    return this.#once(async (view) => {
      await this.#ring(view);
      const { device } = view;
      await this.#try(["microphone"], async () => ({
        microphone: deviceOutcome("microphone", await tryMicrophone(device)),
      }));
      await this.#try(["camera"], async () => ({ camera: deviceOutcome("camera", await tryCamera(device)) }));
      if (view.at === "signed-in") await this.#try(["stun", "turn"], () => tryWay(device.relayOnly));
    });
  }

  /** Nothing is shown of what was tried: it was another person's. */
  forget(): void {
    this.#reach = undefined;
  }

  /** As far as a call rings; nothing is asked of the person. */
  ring(): Promise<void> {
    return this.#once((view) => this.#ring(view));
  }

  async #once(trial: (view: View) => Promise<void>): Promise<void> {
    const { view } = appView;
    if (this.#isRunning || view === undefined) return;
    this.#isRunning = true;
    this.#reach = newReach();
    await trial(view);
    this.#isRunning = false;
  }

  async #ring(view: View): Promise<void> {
    const isSignedIn = view.at === "signed-in";
    await this.#try(["session"], () => Promise.resolve({ session: sessionOutcome(isSignedIn) }));
    if (isSignedIn) {
      await this.#try(["server"], tryServer);
      await this.#try(["availability"], () =>
        Promise.resolve({ availability: availabilityOutcome(view.self.availability) }),
      );
    }
    await this.#try(["notification", "ring", "badge"], () => tryRing(view.device));
  }

  async #try(
    names: readonly ReachCheckName[],
    trial: () => Promise<Partial<Record<ReachCheckName, ReachOutcome>>>,
  ): Promise<void> {
    const running = Object.fromEntries(names.map((name) => [name, { at: "running" }]));
    this.#reach = { ...newReach(), ...this.#reach, ...running };
    const outcomes = await trial();
    this.#reach = { ...this.#reach, ...outcomes };
  }
}

async function tryServer() {
  return { server: serverOutcome((await asked({ type: "tryLine" }, LineTrial)) ?? "offline") };
}

async function tryRing({ ringSilently, ringVolume: volume }: DeviceSettings) {
  const trial = await asked({ type: "tryRing" }, RingTrial);
  const { allowed = true, shown = false, heard, isQuietHour = false, badge } = trial ?? {};
  return {
    notification: notificationOutcome({ allowed, shown }),
    ring: ringOutcome({ heard, ringSilently, isQuietHour, volume }),
    badge: badgeOutcome({ shown: badge?.shown === true, isPinned: badge?.isPinned }),
  };
}

async function tryWay(relayOnly: boolean) {
  const answer = await askServer("getIceServers", {});
  const { stun, turn } = await tryIce(answer.ok ? answer.value.iceServers : undefined);
  return { stun: stunOutcome(stun), turn: turnOutcome(turn, relayOnly) };
}

/** What the background found; undefined where it did not answer. */
async function asked<Schema extends v.GenericSchema>(
  command: Command,
  schema: Schema,
): Promise<v.InferOutput<Schema> | undefined> {
  const answer = await sendCommand(command);
  return answer.ok && v.is(schema, answer.value) ? answer.value : undefined;
}

export const reachCheck = new ReachCheck();

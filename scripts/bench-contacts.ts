import type { FunctionName, FunctionParameters } from "#protocol";
import { account, callFunction, type SignedUp, signUp } from "../tests/support/accounts.ts";
import { newDeviceId, PresenceClient } from "../tests/support/presence-client.ts";

const ROUNDS = 5;
const DEVICES_EACH = 2;

/** How long it takes from the asking until every device of both people knows of each change between them, in ms. */
export async function measureContactChanges(server: string): Promise<number[]> {
  const [carol, dan] = [await signUp(server, account("Carol Ruiz")), await signUp(server, account("Dan Weber"))];
  const connect = ({ token }: SignedUp) => PresenceClient.online(server, { token, device: newDeviceId() });
  const devices = await Promise.all(
    [carol, dan].flatMap((one) => Array.from({ length: DEVICES_EACH }, () => connect(one))),
  );
  const measure = async <F extends FunctionName>(who: SignedUp, name: F, parameters: FunctionParameters<F>) => {
    const since = performance.now();
    const known = Promise.all(devices.map((device) => device.next("contacts.changed")));
    await callFunction(server, name, parameters, who.token);
    await known;
    return performance.now() - since;
  };
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    times.push(await measure(carol, "requestContact", { handle: dan.handle }));
    times.push(await measure(dan, "acceptContact", { user: carol.user }));
    times.push(await measure(carol, "removeContact", { user: dan.user }));
  }
  for (const device of devices) await device.must({ type: "bye" });
  return times;
}

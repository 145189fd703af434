import type { AlertMode, CallId, Media, ServerMessageOf, UserId } from "#protocol";
import { account, befriend, signUp, type SignedUp } from "./accounts.ts";
import { newCallId, PresenceClient, type OnlineClient } from "./presence-client.ts";

/** Someone who may call `callee`, online without a browser. */
export async function callerOf(server: string, name: string, callee: SignedUp): Promise<OnlineClient> {
  const caller = await signUp(server, account(name));
  await befriend(server, caller, callee);
  return PresenceClient.online(server, { token: caller.token });
}

/** Rings someone until all of these devices have said that they ring. */
export async function ring(
  caller: OnlineClient,
  to: UserId,
  devices: OnlineClient[],
  { media = "video", mode = "loud" }: { media?: Media; mode?: AlertMode } = {},
): Promise<{ call: CallId; ringing: ServerMessageOf<"call.ringing"> }> {
  const call = newCallId();
  await caller.must({ type: "call.invite", call, to, media });
  for (const device of devices) {
    await device.next("call.incoming", (incoming) => incoming.call === call);
    await device.must({ type: "call.alert", call, mode });
  }
  const ringing = await caller.next("call.ringing", (told) => told.call === call && told.devices === devices.length);
  return { call, ringing };
}

/** A call that runs between two devices. */
export async function talk(
  caller: OnlineClient,
  to: UserId,
  callee: OnlineClient,
  { media = "video" }: { media?: Media } = {},
): Promise<{
  call: CallId;
  atCaller: ServerMessageOf<"call.accepted">;
  atCallee: ServerMessageOf<"call.accepted">;
}> {
  const { call } = await ring(caller, to, [callee], { media });
  callee.send({ type: "call.accept", call });
  const isThis = (told: { call: CallId }) => told.call === call;
  const [atCaller, atCallee] = await Promise.all([
    caller.next("call.accepted", isThis),
    callee.next("call.accepted", isThis),
  ]);
  return { call, atCaller, atCallee };
}

/** How a call ended, as this device was told. */
export async function endOf(device: OnlineClient, call: CallId): Promise<ServerMessageOf<"call.ended">["reason"]> {
  return (await device.next("call.ended", (told) => told.call === call)).reason;
}

import { type CallId, type Choice, type ClientMessageOf, CloseCode, type Media, type UserId } from "#protocol";
import { isAcceptedCall } from "../../../extension/core/call-parts.ts";
import type { Client } from "./client.ts";
import type { World } from "./world.ts";

const ABNORMAL = 1006;

interface Act {
  weight: number;
  /** Whether it belongs to the faults, of which a calm run has none. */
  isFault?: boolean;
  run: (world: World) => void;
}

/** What people and the world do, each with how often. */
const acts: Act[] = [
  { weight: 16, run: placeCall },
  { weight: 5, run: callEachOther },
  { weight: 8, run: callSomebodyTalking },
  { weight: 30, run: (world) => onRinging(world, accept) },
  { weight: 4, run: acceptEverywhere },
  { weight: 5, run: (world) => onRinging(world, decline) },
  { weight: 2, run: (world) => onRinging(world, silence) },
  { weight: 1, run: chooseSound },
  { weight: 10, run: hangUp },
  { weight: 4, run: closePage },
  { weight: 5, run: reloadPage },
  { weight: 3, run: reloadBothPages },
  { weight: 2, run: crashPage },
  { weight: 8, run: choosePresence },
  { weight: 6, run: changeIdle },
  { weight: 5, run: changeSettings },
  { weight: 2, run: signOut },
  { weight: 6, run: signIn },
  { weight: 2, run: changeContact },
  { weight: 3, run: changeBlock },
  { weight: 3, run: look },
  { weight: 8, isFault: true, run: cutSocket },
  { weight: 6, isFault: true, run: answerInAGap },
  { weight: 6, isFault: true, run: cutNetwork },
  { weight: 8, isFault: true, run: killWorker },
  { weight: 1, isFault: true, run: restartBrowser },
  { weight: 2, isFault: true, run: restartServer },
  { weight: 1, isFault: true, run: revokeSession },
];

/** Does one thing at random. */
export function actAtRandom(world: World): void {
  const { random, weather } = world.setting;
  const possible = acts.filter((act) => weather !== "calm" || act.isFault !== true);
  let left = random.next() * possible.reduce((sum, act) => sum + act.weight, 0);
  for (const act of possible) {
    left -= act.weight;
    if (left < 0) {
      act.run(world);
      return;
    }
  }
}

function placeCall(world: World): void {
  const client = world.anyClient();
  const other = world.setting.random.pick(world.users.filter((user) => user !== client.user));
  if (other !== undefined) call(world, client, other);
}

function call({ setting }: World, client: Client, user: UserId): void {
  const { random } = setting;
  if (client.state.at !== "signed-in") return;
  const media: Media = random.chance(0.7) ? "video" : "audio";
  client.act({ type: "place-call", call: random.uuid() as CallId, user, media });
}

/** Glare, on whichever devices. [CALL-6] */
function callEachOther(world: World): void {
  const { random, schedule } = world.setting;
  const one = world.anyClient();
  const other = random.pick(world.clients.filter(({ user }) => user !== one.user));
  if (!other) return;
  call(world, one, other.user);
  schedule.after(random.between(0, 150), () => call(world, other, one.user));
}

/** A second call, to whichever device the talk is on, by somebody who is in none. [CALL-9] */
function callSomebodyTalking(world: World): void {
  const { random } = world.setting;
  const talking = random.pick(
    world.clients.filter(({ state }) => state.at === "signed-in" && isAcceptedCall(state.call)),
  );
  if (!talking) return;
  const free = world.clients.filter((one) => one.user !== talking.user && callOf(one) === undefined);
  const caller = random.pick(free);
  if (caller) call(world, caller, talking.user);
}

function onRinging(world: World, act: (world: World, client: Client) => void): void {
  if (!world.setting.random.chance(world.setting.attention)) return;
  const ringing = world.setting.random.pick(world.clients.filter((client) => ringsOf(client).length > 0));
  if (ringing) act(world, ringing);
}

function accept({ setting }: World, client: Client): void {
  const ring = setting.random.pick(ringsOf(client));
  const media: Media = setting.random.chance(0.8) ? "video" : "audio";
  if (ring !== undefined) client.act({ type: "accept-call", call: ring, media });
}

function decline({ setting }: World, client: Client): void {
  const ring = setting.random.pick(ringsOf(client));
  if (ring !== undefined) client.act({ type: "decline-call", call: ring });
}

function silence(_world: World, client: Client): void {
  const [ring] = ringsOf(client);
  if (ring !== undefined) client.act({ type: "silence-ring", call: ring });
}

function chooseSound({ anyClient, setting }: World): void {
  anyClient().act({ type: "set-device", change: { ringSilently: setting.random.chance(0.5) } });
}

/** Every device of one person answers within a moment. [CALL-4] */
function acceptEverywhere(world: World): void {
  const { random, schedule } = world.setting;
  onRinging(world, (_world, first) => {
    for (const client of world.clients.filter(({ user }) => user === first.user))
      schedule.after(random.between(0, 60), () => accept(world, client));
  });
}

function hangUp(world: World): void {
  const client = anyInACall(world);
  const present = client && callOf(client);
  if (client && present !== undefined) client.act({ type: "hang-up", call: present });
}

/** Often the tab is opened again, in time or not: by the strip, or by the browser's own ways. [CALL-13] */
function closePage(world: World): void {
  const { random, schedule } = world.setting;
  const client = anyInACall(world);
  const call = client && world.media.close(client);
  if (client === undefined || call === undefined || random.chance(0.3)) return;
  const byStrip = random.chance(0.6);
  schedule.after(random.between(200, 25_000), () => {
    if (byStrip) client.act({ type: "show-call-tab" });
    else world.media.open(client, call);
  });
}

function reloadPage(world: World): void {
  const client = anyInACall(world);
  if (client) world.media.reloadByPerson(client);
}

/** In one instant, or as far apart as a rejoin is answered with the same tickets. [CALL-13] */
function reloadBothPages(world: World): void {
  const { random, schedule } = world.setting;
  const one = anyInACall(world);
  const other = one && world.clients.find((client) => client !== one && callOf(client) === callOf(one));
  if (!one || !other) return;
  world.media.reloadByPerson(one);
  const apartMs = random.chance(0.6) ? random.between(0, 30) : random.between(4_800, 5_400);
  schedule.after(apartMs, () => world.media.reloadByPerson(other));
}

function crashPage(world: World): void {
  const client = anyInACall(world);
  if (client) world.media.crash(client);
}

function anyInACall({ setting, clients }: World): Client | undefined {
  return setting.random.pick(clients.filter((one) => callOf(one) !== undefined));
}

function choosePresence({ setting, anyClient }: World): void {
  const { random } = setting;
  const client = anyClient();
  if (client.state.at !== "signed-in") return;
  const availability = random.pick<Choice>(["available", "available", "available", "away", "dnd", "invisible"]);
  client.act({
    type: "set-presence",
    ...(availability && random.chance(0.9) ? { availability } : {}),
    ...(random.chance(0.2) ? { text: random.pick(["", "lunch", "writing"]) ?? "" } : {}),
    ...(availability && random.chance(0.2) ? { forMs: random.between(1_000, 60_000) } : {}),
  });
}

function changeIdle({ anyClient, setting }: World): void {
  anyClient().dispatch({ type: "idle-changed", idle: setting.random.chance(0.4) });
}

/** Each setting by itself, from whichever device. */
function changeSettings({ anyClient, setting, users }: World): void {
  const { random } = setting;
  const change = random.pick<Omit<ClientMessageOf<"settings.set">, "type">>([
    { showBusy: random.chance(0.5) },
    { secondCall: random.chance(0.7) ? "wait" : "busy" },
    { letThrough: users.filter(() => random.chance(0.4)) },
    { favourites: users.filter(() => random.chance(0.4)) },
  ]);
  anyClient().say({ type: "settings.set", ...change });
}

function signOut({ anyClient }: World): void {
  const client = anyClient();
  if (client.state.at === "signed-in") client.act({ type: "sign-out" });
}

function signIn(world: World): void {
  const away = world.setting.random.pick(world.clients.filter(({ state }) => state.at === "signed-out"));
  // Signing in needs the server.
  if (away?.isOnNetwork && world.backend.isUp) away.signIn();
}

function changeContact({ setting, users, accounts, backend }: World): void {
  const { random } = setting;
  const one = random.pick(users);
  const other = random.pick(users.filter((user) => user !== one));
  if (one === undefined || other === undefined || !backend.isUp) return;
  const accepted = !accounts.areContacts(one, other);
  setting.note("server", accepted ? "contacts" : "no contacts", [one, other]);
  accounts.setContact(one, other, accepted);
  const people: [{ id: UserId; name: string }, { id: UserId; name: string }] = [
    { id: one, name: one },
    { id: other, name: other },
  ];
  backend.tell({ type: "contact", accepted, people });
  backend.tell({ type: "contacts-changed", of: one, user: other });
  backend.tell({ type: "contacts-changed", of: other, user: one });
}

/** Somebody blocks a contact, or whom they blocked no longer. [PRES-5] */
function changeBlock({ setting, users, accounts, backend }: World): void {
  const { random } = setting;
  const by = random.pick(users);
  const user = random.pick(users.filter((other) => other !== by));
  if (by === undefined || user === undefined || !backend.isUp) return;
  const blocked = accounts.blockedAt(by, user) === undefined;
  if (blocked && !accounts.areContacts(by, user)) return;
  setting.note("server", blocked ? "block" : "no block", [by, user]);
  accounts.setBlock(by, user, blocked ? setting.now : undefined);
  backend.tell({ type: "block", by, user, blocked });
  backend.tell({ type: "contacts-changed", of: by, user });
}

/** A page with contacts is opened, and closed again. */
function look({ anyClient, setting }: World): void {
  const client = anyClient();
  client.dispatch({ type: "contacts-shown" });
  setting.schedule.after(setting.random.between(500, 20_000), () => {
    if (client.isAwake) client.dispatch({ type: "contacts-hidden" });
  });
}

function cutSocket({ anyClient, setting }: World): void {
  const client = anyClient();
  setting.note(client.name, "socket is cut");
  client.cutSocket(setting.random.chance(0.8));
}

/** The line is lost around the click, so that the answer is sent into nothing, or its answer is lost. */
function answerInAGap(world: World): void {
  const { random, schedule } = world.setting;
  onRinging(world, (_world, client) => {
    const cut = (): void => client.cutSocket(random.chance(0.5));
    const cutsFirst = random.chance(0.5);
    if (cutsFirst) cut();
    accept(world, client);
    if (!cutsFirst) schedule.after(random.between(0, 120), cut);
  });
}

function cutNetwork({ anyClient, setting }: World): void {
  const client = anyClient();
  const { random, schedule } = setting;
  client.setNetwork(false);
  schedule.after(random.chance(0.7) ? random.between(200, 12_000) : random.between(12_000, 70_000), () => {
    client.setNetwork(true);
  });
}

function killWorker({ anyClient, setting, media }: World): void {
  const client = anyClient();
  client.die();
  if (setting.random.chance(0.2)) media.closeUnheard(client);
}

function restartBrowser({ anyClient }: World): void {
  anyClient().restartBrowser();
}

function restartServer({ backend, setting }: World): void {
  if (!backend.isUp) return;
  const { random, schedule } = setting;
  backend.stop(random.chance(0.5) ? ABNORMAL : CloseCode.goingAway);
  schedule.after(random.between(200, 12_000), () => backend.start());
}

function revokeSession({ anyClient, backend, moments }: World): void {
  const client = anyClient();
  if (!backend.isUp) return;
  moments.leaves(client);
  client.revoke();
}

/** What rings on this device: that on the stage, and those that wait. */
function ringsOf({ state }: Client): CallId[] {
  if (state.at === "signed-out") return [];
  return [...(state.call.at === "ringing-in" ? [state.call] : []), ...state.others].map(({ call: id }) => id);
}

function callOf({ state }: Client): CallId | undefined {
  if (state.at === "signed-out" || state.call.at === "idle" || state.call.at === "ended") return undefined;
  return state.call.call;
}

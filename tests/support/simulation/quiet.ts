import type { Availability, UserId, WelcomeCall } from "#protocol";
import { settingsOf } from "../../../extension/core/app-settings.ts";
import { isAcceptedCall } from "../../../extension/core/call-parts.ts";
import { presenceOf } from "../../../extension/core/roster.ts";
import { sameSettings } from "../../../server/core/settings.ts";
import type { Client } from "./client.ts";
import type { World } from "./world.ts";

/** What must hold once nothing has happened for long enough. */
export function checkQuiet(world: World): void {
  checkLines(world);
  checkPages(world);
  // Doubled and reordered presence may be old news that came last; no TCP does that.
  if (world.setting.weather !== "rough") for (const client of world.clients) checkTold(world, client);
  checkRecords(world, checkCalls(world));
}

/** What each device was told last is so. */
function checkTold(world: World, client: Client): void {
  const { name, user, state } = client;
  checkPresence(world, client);
  if (state.at === "signed-out" || sameSettings(settingsOf(state), world.accounts.get(user).settings)) return;
  world.setting.problem(`${name} has other settings than its account in the quiet`);
}

/** Nobody rings or waits any more, and everyone is online. */
function checkLines({ clients, setting }: World): void {
  for (const { name, state } of clients) {
    if (state.at === "signed-out") continue;
    if (state.connection.line.at !== "online") setting.problem(`${name} is not online in the quiet [CONN-4]`);
    if (state.call.at !== "idle" && state.call.at !== "live")
      setting.problem(`${name} is still ${state.call.at} in the quiet [CALL-7, CALL-12]`);
    if (state.others.length > 0) setting.problem(`${name} keeps a ring in the quiet`);
    if (state.owed.length > 0) setting.problem(`${name} still owes an ending in the quiet`);
    if (state.self.wanted) setting.problem(`${name} still waits for its choice in the quiet`);
    if (state.roster.reading.at !== "no") setting.problem(`${name} still reads its contacts in the quiet`);
  }
}

/** Both sides of a talk agree, and nobody talks twice. */
function checkPages({ clients, media, setting }: World): void {
  for (const client of clients) {
    const { state } = client;
    if (state.at === "signed-out" || !isAcceptedCall(state.call)) continue;
    const { call, with: other } = state.call;
    const sides = clients.filter(
      (one) => one !== client && one.state.at === "signed-in" && isAcceptedCall(one.state.call),
    );
    if (sides.some(({ user }) => user === client.user))
      setting.problem(`${client.user} talks on two devices in the quiet`);
    const partners = sides.filter(
      (one) =>
        one.user === other.user &&
        one.state.at === "signed-in" &&
        isAcceptedCall(one.state.call) &&
        one.state.call.call === call,
    );
    const [partner] = partners;
    if (partner && media.partnerOf(client) !== partner)
      setting.problem(`${client.name} has no connection with ${partner.name} in the quiet, or two [CALL-13]`);
    if (partners.length !== 1) setting.problem(`${client.name} talks to ${other.user} in ${call}, who does not`);
  }
}

/** A client shows of each contact what the rules make of the contact's devices, choice and calls. [PRES-1, PRES-4, PRES-5] */
function checkPresence(world: World, client: Client): void {
  const { state } = client;
  if (state.at === "signed-out") return;
  const { availability, text } = world.accounts.get(client.user).chosen;
  if (state.self.availability !== availability || state.self.text !== text)
    world.setting.problem(`${client.name} shows its own choice as ${state.self.availability}, it is ${availability}`);
  const listed = new Map(state.roster.contacts.map((contact) => [contact.user, contact.state]));
  for (const other of world.users) {
    if (other === client.user) continue;
    const isBlocked = world.accounts.blockedAt(client.user, other) !== undefined;
    const isContact = world.accounts.areContacts(client.user, other);
    const entry = isBlocked ? "blocked" : isContact ? "accepted" : undefined;
    if (listed.get(other) !== entry) world.setting.problem(`${client.name} has a wrong list: ${other}`);
    if (entry !== "accepted") continue;
    const shown = presenceOf(state.roster, other);
    const expected = expectedOf(world, other, client.user);
    if (shown.availability !== expected.availability || shown.text !== expected.text)
      world.setting.problem(
        `${client.name} shows ${other} as ${shown.availability} (${shown.text ?? ""}), is ${expected.availability} (${expected.text ?? ""}) [PRES-1]`,
      );
  }
}

function expectedOf(world: World, user: UserId, viewer: UserId): { availability: Availability; text?: string } {
  if (world.accounts.blockedAt(user, viewer) !== undefined) return { availability: "offline" };
  const { chosen, settings } = world.accounts.get(user);
  const online = world.clients.filter((client) => client.user === user && client.state.at === "signed-in");
  if (online.length === 0 || chosen.availability === "invisible") return { availability: "offline" };
  const text = chosen.text === undefined ? {} : { text: chosen.text };
  if (chosen.availability !== "available") return { availability: chosen.availability, ...text };
  const states = online.flatMap(({ state }) => (state.at === "signed-in" ? [state] : []));
  if (settings.showBusy && states.some(({ call }) => isAcceptedCall(call))) return { availability: "busy", ...text };
  return { availability: states.some(({ idle }) => !idle) ? "available" : "away", ...text };
}

/** The server has exactly the calls that the clients have; returns their ids. */
function checkCalls(world: World): Set<string> {
  const running = new Set<string>();
  for (const user of world.users) {
    const calls = world.probe(user);
    for (const call of calls) checkCall(world, user, call, running);
    for (const client of world.clients) {
      if (client.user !== user || client.state.at === "signed-out" || !isAcceptedCall(client.state.call)) continue;
      if (!running.has(client.state.call.call))
        world.setting.problem(`${client.name} talks in ${client.state.call.call}, of which the server knows nothing`);
    }
  }
  return running;
}

function checkCall({ setting, clients }: World, user: UserId, call: WelcomeCall, running: Set<string>): void {
  if (call.state !== "running") {
    setting.problem(`the server has a call of ${user} ${call.state} in the quiet: ${call.call}`);
    return;
  }
  running.add(call.call);
  const talks = clients.some(
    ({ user: own, state }) =>
      own === user && state.at === "signed-in" && isAcceptedCall(state.call) && state.call.call === call.call,
  );
  if (!talks) setting.problem(`the server has ${user} in the call ${call.call}, no device does`);
}

/** One record for each call that ended, and never two. [CALL-14] */
function checkRecords({ accounts, backend, named, merged, setting }: World, running: Set<string>): void {
  const { rows, records } = accounts;
  for (const [call, told] of records)
    if (backend.life === 1 && told.length > 1) setting.problem(`${call} has ${told.length} records [CALL-14]`);
  for (const { call, outcomes, missedWhile } of rows.records) {
    if ((missedWhile !== undefined) !== (outcomes.callee === "missed"))
      setting.problem(`${call} ended as ${String(outcomes.callee)} while ${missedWhile ?? "nothing"} [CALL-14]`);
    const pair = `${outcomes.caller}/${outcomes.callee ?? "nothing"}`;
    if (!PAIRS.has(pair)) setting.problem(`${call} is recorded as ${pair} [CALL-14]`);
    if (running.has(call)) setting.problem(`${call} is recorded and runs on [CALL-14]`);
  }
  for (const { call, phase } of rows.open)
    if (!running.has(call)) setting.problem(`${call} is still written as ${phase.at} in the quiet [CALL-11, CALL-14]`);
  for (const [call, lives] of named) {
    // Of what was not written when a server died its successor has the clients' word alone.
    if (merged.has(call) || running.has(call) || !lives.has(backend.life) || lives.size > 1) continue;
    if (rows.record(call) === undefined) setting.problem(`${call} ended without a record [CALL-14]`);
  }
}

/** How a call may have ended for the caller and the callee. */
const PAIRS = new Set([
  "answered/answered",
  "declined/declined",
  "failed/failed",
  "cancelled/missed",
  "no-answer/missed",
  "busy/missed",
  "unreachable/missed",
  "unavailable/missed",
  // To who blocks the caller it never was. [PRES-5]
  "cancelled/nothing",
  "no-answer/nothing",
  "unreachable/nothing",
]);

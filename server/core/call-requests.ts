import { type CallId, type ClientMessageOf, type Media, unreachable } from "#protocol";
import { endFor, otherSide, sideOf, type Call, type FoundCall, type PastCall, type Side } from "./calls.ts";
import { endCall, isHidden } from "./ending.ts";
import { judge, type CallRequest, type Standing } from "./judge.ts";
import { alert } from "./ringing.ts";
import { accept, rejoin, signal, tellAccepted, tellAcceptedAgain, watchSockets } from "./talking.ts";
import type { Speaker } from "./users.ts";
import { numbered, type Request, type Turn, type World } from "./world.ts";

type CallMessage = { [T in CallRequest]: ClientMessageOf<T> }[CallRequest];

/** A request about a call, and whose it is. */
interface Matter {
  speaker: Speaker;
  request: Request;
  message: CallMessage;
  call: Call;
  side: Side;
}

/** Decides a request about a call, by either of the ids that a call may have. [CALL-10] */
export function handleCallRequest(world: World, turn: Turn, speaker: Speaker, message: CallMessage): void {
  const request = { connection: speaker.connection, re: message.id };
  const found = world.calls.find(message.call);
  const side = found && sideOf(found.call, speaker.user.id);
  if (found !== undefined && side !== undefined && !(side === "callee" && isHidden(world, found.call))) {
    const matter = { speaker, request, message, call: found.call, side };
    const { phase } = found.call;
    if (phase.at === "claimed" && phase.by !== side) answerClaim(world, turn, matter);
    else decide(world, turn, matter, standingOf(found, side, speaker));
    return;
  }
  const known = world.calls.findPast(message.call);
  if (known === undefined || !isParty(known.past, speaker)) turn.refuseUnknownCall(request);
  else decideLate(turn, { speaker, request, message }, known);
}

function standingOf({ call, swapped }: FoundCall, side: Side, { device }: Speaker): Standing {
  const asked = swapped ? otherSide(side) : side;
  return {
    at: call.phase.at === "ringing" ? "ringing" : "running",
    side: call.adopted ? "either" : asked,
    here: call[side].device === device.id,
  };
}

/** Who knows the id of a call that the other side claims has been in it, and may end it. [CALL-11] */
function answerClaim(world: World, turn: Turn, { request, message, call }: Matter): void {
  if (call.phase.at !== "claimed" || (message.type !== "call.hangup" && message.type !== "call.cancel")) {
    turn.refuseUnknownCall(request);
    return;
  }
  turn.ok(request);
  call.phase = { at: "running", since: call.phase.since };
  endCall(world, turn, call, "hangup");
}

function decide(world: World, turn: Turn, matter: Matter, standing: Standing): void {
  const { request, message, call, side, speaker } = matter;
  const verdict = judge(message.type, standing);
  switch (verdict.do) {
    case "proceed":
      proceed(world, turn, matter);
      break;
    case "nothing":
      turn.ok(request);
      break;
    case "refuse":
      turn.refuse(request, "conflict", verdict.message);
      break;
    case "tell-end":
      tellEnd(turn, request, message.call, { reason: "answered-elsewhere" });
      break;
    case "end":
      turn.ok(request);
      call[side].knowing.add(speaker.device.id);
      if (verdict.reason === "declined") call.callee.device = speaker.device.id;
      endCall(world, turn, call, verdict.reason);
      break;
    default:
      unreachable(verdict);
  }
}

function proceed(world: World, turn: Turn, matter: Matter): void {
  const { speaker, request, message, call, side } = matter;
  switch (message.type) {
    case "call.alert":
      turn.ok(request);
      alert(world, turn, call, speaker.device.id, message.mode);
      break;
    case "call.accept":
      answer(world, turn, matter, message.media);
      break;
    case "call.signal":
      signal(world, turn, call, side, request, message.data);
      break;
    case "call.rejoin":
      rejoin(world, turn, call, side, request.re);
      break;
    case "call.decline":
    case "call.cancel":
    case "call.hangup":
      return;
    default:
      unreachable(message);
  }
}

function answer(world: World, turn: Turn, { speaker, request, call, side }: Matter, media: Media | undefined): void {
  if (call.phase.at !== "ringing") {
    tellAcceptedAgain(world, turn, call, side, request.re);
    return;
  }
  accept(world, turn, call, speaker, media);
  tellAccepted(world, turn, call, side, request.re);
  watchSockets(world, turn, call);
}

function isParty({ caller, callee }: PastCall, { user }: Speaker): boolean {
  return caller === user.id || callee === user.id;
}

/** The call is over already. */
function decideLate(
  turn: Turn,
  { speaker, request, message }: Pick<Matter, "speaker" | "request" | "message">,
  { past, swapped }: { past: PastCall; swapped: boolean },
): void {
  const side: Side = (past.caller === speaker.user.id) === swapped ? "callee" : "caller";
  const verdict = judge(message.type, { at: "over", side: past.adopted ? "either" : side, here: false });
  if (verdict.do === "tell-end") tellEnd(turn, request, message.call, endFor(past, speaker.user.id, speaker.device.id));
  else if (verdict.do === "refuse") turn.refuse(request, "conflict", verdict.message);
  else turn.ok(request);
}

function tellEnd(turn: Turn, { connection, re }: Request, call: CallId, end: ReturnType<typeof endFor>): void {
  turn.send([connection], { type: "call.ended", ...numbered(re), call, ...end });
}

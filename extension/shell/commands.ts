import { CallId, type FunctionName, type FunctionParameters } from "#protocol";
import * as v from "valibot";
import { refusal } from "../core/refusal.ts";
import type { PageCommand } from "../core/app-event-types.ts";
import {
  type AskedFunction,
  type Command,
  type CommandAnswer,
  type Problem,
  readAsked,
  readQuestion,
} from "../messaging/commands.ts";
import { type Answer, type Caller, callFunction, discover } from "./api.ts";
import { endOfDay } from "./day.ts";
import type { Runtime } from "./runtime.ts";
import { SignIns } from "./sign-ins.ts";
import type { Store } from "./store.ts";
import type { Trial } from "./trials.ts";
import { signInOnTheWeb } from "./web-sign-in.ts";

/** What others carry out. */
type OfOthers = Trial | Extract<Command, { type: "togglePicture" }>;
type DeleteAccount = Extract<Command, { type: "deleteAccount" }>;
type ResetPassword = Extract<Command, { type: "requestPasswordReset" }>;

/** Of an answer that never came: what was asked for may be done. */
const LOST: readonly Problem[] = ["server-away", "offline"];
const DONE: CommandAnswer = { ok: true };

/** Carries out what pages ask: by the server's functions, or as an event for the core. */
export class Commands {
  readonly #runtime: Runtime;
  readonly #store: Store;
  readonly #signIns: SignIns;

  constructor(runtime: Runtime, store: Store) {
    this.#runtime = runtime;
    this.#store = store;
    this.#signIns = new SignIns(runtime, store);
  }

  async handle(command: Exclude<Command, OfOthers>): Promise<CommandAnswer> {
    if (!(await this.#runtime.started)) return { ok: false, problem: "storage" };
    switch (command.type) {
      case "checkServer":
        return this.#check(command.server);
      case "signIn":
      case "signUp":
      case "signInByProvider":
        return this.#signIns.handle(command);
      case "requestPasswordReset":
        return this.#resetPassword(command);
      case "ask":
        return this.#question(command.name, command.parameters);
      case "deleteAccount":
        return this.#deleteAccount(command);
      case "proveByProvider":
        return this.#prove();
      case "requestContact":
        return this.#ask("requestContact", { handle: command.handle });
      case "acceptContact":
      case "declineContact":
      case "removeContact":
      case "blockContact":
      case "unblockContact":
        return this.#ask(command.type, { user: command.user });
      default:
        return this.decide(eventOf(command));
    }
  }

  /** Hands an event to the core where it can be done now. */
  decide(event: PageCommand): CommandAnswer {
    const problem = refusal(this.#runtime.state, event);
    if (problem !== undefined) return { ok: false, problem };
    this.#runtime.dispatch(event);
    return DONE;
  }

  /** Who asks, where somebody is signed in. */
  get caller(): Caller | undefined {
    const { state } = this.#runtime;
    if (state.at !== "signed-in" || this.#store.token === undefined) return undefined;
    return { server: state.session.server, device: this.#store.device, token: this.#store.token };
  }

  async #ask<F extends FunctionName>(name: F, parameters: FunctionParameters<F>): Promise<CommandAnswer> {
    const { caller } = this;
    return caller === undefined
      ? { ok: false, problem: "signed-out" }
      : answerOf(await callFunction(caller, name, parameters));
  }

  async #question(name: AskedFunction, given: unknown): Promise<CommandAnswer> {
    const parameters = readQuestion(name, given);
    if (parameters === undefined) return { ok: false, problem: "bad-input" };
    const { caller } = this;
    if (caller === undefined) return { ok: false, problem: "signed-out" };
    const redeems = name === "redeemInviteLink";
    if (redeems) this.#runtime.dispatch({ type: "accepting-invite", on: true });
    const answer = await callFunction(caller, name, parameters);
    if (redeems) this.#redeemed(parameters, answer);
    return answer;
  }

  /** Who has accepted an invitation, on whichever page, is not asked about it again. */
  #redeemed(given: unknown, answer: CommandAnswer): void {
    const invite = readQuestion("redeemInviteLink", given);
    const redeemed = readAsked("redeemInviteLink", answer);
    if (invite === undefined || !redeemed.ok) {
      this.#runtime.dispatch({ type: "accepting-invite", on: false });
      return;
    }
    this.#runtime.dispatch({ type: "close-invite", code: invite.code, met: redeemed.value.user.id });
  }

  /** Whoever has no password signs in anew at the provider of the session's server. */
  async #prove(): Promise<CommandAnswer> {
    const { caller } = this;
    if (caller === undefined) return { ok: false, problem: "signed-out" };
    const found = await discover(caller.server.origin);
    // Its address was found before: it is not what has to be mended.
    if (!found.ok) return found.problem === "server-unreachable" ? { ok: false, problem: "server-away" } : found;
    const { providerUrl } = found.value;
    return providerUrl === undefined ? { ok: false, problem: "provider-away" } : signInOnTheWeb(providerUrl, "proof");
  }

  async #deleteAccount({ password, proof }: DeleteAccount): Promise<CommandAnswer> {
    const { state } = this.#runtime;
    const answer = await this.#ask("deleteAccount", {
      ...(password === undefined ? {} : { password }),
      ...(proof === undefined ? {} : { proof }),
    });
    if (state.at === "signed-out") return answer;
    const { user } = state.session;
    if (answer.ok) this.#runtime.dispatch({ type: "account-deleted", user });
    else if (LOST.includes(answer.problem)) this.#runtime.dispatch({ type: "deletion-lost", user });
    return answer;
  }

  async #check(server: string): Promise<CommandAnswer> {
    const found = await discover(server);
    return found.ok ? { ok: true, value: found.value.offer } : found;
  }

  async #resetPassword({ server, email }: ResetPassword): Promise<CommandAnswer> {
    const found = await discover(server);
    if (!found.ok) return found;
    const caller = { server: found.value.server, device: this.#store.device };
    return answerOf(await callFunction(caller, "requestPasswordReset", { email }));
  }
}

/** A fresh id for a call of ours. */
export function newCallId(): CallId {
  return v.parse(CallId, crypto.randomUUID());
}

/** What a page's command is to the core. */
function eventOf(command: Exclude<Command, OfOthers | { type: ServerCommand }>): PageCommand {
  switch (command.type) {
    case "signOut":
      return { type: "sign-out" };
    case "setPresence": {
      const { availability, text, forMs } = command;
      return {
        type: "set-presence",
        ...(availability === undefined ? {} : { availability }),
        ...(text === undefined ? {} : { text }),
        ...(forMs === undefined ? {} : { forMs }),
      };
    }
    case "setSettings": {
      const { showBusy, secondCall } = command;
      const busy = showBusy === undefined ? {} : { showBusy };
      return { type: "set-settings", change: { ...busy, ...(secondCall === undefined ? {} : { secondCall }) } };
    }
    case "letThrough":
      return { type: "let-through", user: command.user, on: command.on };
    case "favourite":
      return { type: "favourite", user: command.user, on: command.on };
    case "watchContact":
      return command.on
        ? { type: "watch-contact", user: command.user, until: endOfDay(Date.now()) }
        : { type: "unwatch-contact", user: command.user };
    case "setDevice": {
      return { type: "set-device", change: command.change };
    }
    case "placeCall":
      return { type: "place-call", call: newCallId(), user: command.user, media: command.media };
    case "acceptCall":
      return { type: "accept-call", call: command.call, media: command.media };
    case "declineCall":
      return { type: "decline-call", call: command.call };
    case "silenceRing":
      return { type: "silence-ring", call: command.call };
    case "hangUp":
      return { type: "hang-up", call: command.call };
    case "dismissCall":
      return { type: "dismiss-call", call: command.call };
    case "readCalls":
      return { type: "read-calls" };
    case "moreCalls":
      return { type: "more-calls" };
    case "openInvite": {
      const { code, server } = command;
      return { type: "open-invite", invite: server === undefined ? { code } : { code, server } };
    }
    case "closeInvite":
      return { type: "close-invite", code: command.code };
    case "retryNow":
      return { type: "retry-now" };
    case "showCallTab":
      return { type: "show-call-tab" };
  }
}

/** Commands that are carried out by the server's functions, not by the core. */
type ServerCommand =
  | "checkServer"
  | "signInByProvider"
  | "requestPasswordReset"
  | "ask"
  | "signIn"
  | "signUp"
  | "deleteAccount"
  | "proveByProvider"
  | "requestContact"
  | "acceptContact"
  | "declineContact"
  | "removeContact"
  | "blockContact"
  | "unblockContact";

function answerOf(answer: Answer<unknown>): CommandAnswer {
  return answer.ok ? DONE : answer;
}

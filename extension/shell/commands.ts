import { CallId, type FunctionName, type FunctionParameters, type UserId } from "#protocol";
import * as v from "valibot";
import { refusal } from "../core/refusal.ts";
import type { PageCommand, ServerFacts } from "../core/app-types.ts";
import { type AskedFunction, type Command, type CommandAnswer, readQuestion } from "../messaging/commands.ts";
import { type Answer, type Caller, callFunction, discover, logIn } from "./api.ts";
import { endOfDay } from "./day.ts";
import type { Runtime } from "./runtime.ts";
import type { Store } from "./store.ts";
import type { Trial } from "./trials.ts";
import { signInOnTheWeb } from "./web-sign-in.ts";

type SignIn = Extract<Command, { type: "signIn" }>;
type SignUp = Extract<Command, { type: "signUp" }>;
type SignInByProvider = Extract<Command, { type: "signInByProvider" }>;
type ResetPassword = Extract<Command, { type: "requestPasswordReset" }>;

const DONE: CommandAnswer = { ok: true };
const PROVIDER_FAILED = { problem: "provider-failed" } as const;
const NOT_INVITED: CommandAnswer = { ok: false, problem: "bad-input", detail: "invite" };

/** Carries out what pages ask: by the server's functions, or as an event for the core. */
export class Commands {
  readonly #runtime: Runtime;
  readonly #store: Store;
  /** One sign-in at a time: a second click must not open a second session. */
  #signingIn: Promise<CommandAnswer> | undefined;
  /** One window at a time; a password can be given meanwhile. */
  #atProvider: Promise<CommandAnswer> | undefined;

  constructor(runtime: Runtime, store: Store) {
    this.#runtime = runtime;
    this.#store = store;
  }

  async handle(command: Exclude<Command, Trial>): Promise<CommandAnswer> {
    await this.#runtime.started;
    switch (command.type) {
      case "checkServer":
        return this.#check(command.server);
      case "signIn":
        return this.#once(() => this.#signIn(command));
      case "signUp":
        return this.#once(() => this.#signUp(command));
      case "signInByProvider":
        this.#atProvider ??= this.#signInByProvider(command).finally(() => (this.#atProvider = undefined));
        return this.#atProvider;
      case "requestPasswordReset":
        return this.#resetPassword(command);
      case "ask":
        return this.#question(command.name, command.parameters);
      case "deleteAccount":
        return this.#deleteAccount(command.password);
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
    return caller === undefined ? { ok: false, problem: "signed-out" } : callFunction(caller, name, parameters);
  }

  async #deleteAccount(password: string | undefined): Promise<CommandAnswer> {
    const answer = await this.#ask("deleteAccount", password === undefined ? {} : { password });
    if (answer.ok) this.#runtime.dispatch({ type: "account-deleted" });
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

  async #once(signIn: () => Promise<CommandAnswer>): Promise<CommandAnswer> {
    if (this.#runtime.state.at === "signed-in") return DONE;
    this.#signingIn ??= signIn().finally(() => (this.#signingIn = undefined));
    return this.#signingIn;
  }

  async #signIn({ server, handle, password }: SignIn): Promise<CommandAnswer> {
    const found = await discover(server);
    if (!found.ok) return answerOf(found);
    const { server: facts } = found.value;
    const session = await logIn({ server: facts, device: this.#store.device }, handle, password);
    if (!session.ok) return answerOf(session);
    // Parse gives no more than the id; the name comes with the welcome.
    return this.#begin(facts, session.value.sessionToken, { user: session.value.objectId, handle, name: handle });
  }

  async #signUp({ server, handle, name, email, password, invite }: SignUp): Promise<CommandAnswer> {
    const found = await discover(server);
    if (!found.ok) return answerOf(found);
    const { server: facts } = found.value;
    const invited = invite === undefined ? {} : { invite };
    const account = { username: handle, password, email, name, ...invited };
    const caller = { server: facts, device: this.#store.device };
    const made = await callFunction(caller, "signUp", account);
    if (!made.ok) return made.problem === "registration-closed" && invite !== undefined ? NOT_INVITED : answerOf(made);
    const { id, ...person } = made.value.user;
    if (invite !== undefined) await this.#goOnWith(invite, { ...caller, token: made.value.sessionToken });
    return this.#begin(facts, made.value.sessionToken, { user: id, ...person });
  }

  /** An invite let the account in; whether its owner becomes a contact is still asked. The operator's has none. */
  async #goOnWith(code: string, caller: Caller): Promise<void> {
    const read = await callFunction(caller, "readInviteLink", { code });
    if (read.ok) this.#runtime.dispatch({ type: "open-invite", invite: { code } });
  }

  async #signInByProvider({ server, invite }: SignInByProvider): Promise<CommandAnswer> {
    const found = await discover(server);
    if (!found.ok) return answerOf(found);
    const { server: facts, providerUrl } = found.value;
    if (providerUrl === undefined) return { ok: false, problem: "provider-away" };
    const proven = await signInOnTheWeb(providerUrl);
    if (this.#runtime.state.at === "signed-in") return DONE;
    // Where the window opened, the popup has closed: it says so when it is opened again.
    if (!proven.ok) {
      this.#runtime.dispatch({ type: "provider-refused", server: facts.origin, problem: proven.problem });
      return proven;
    }
    const form = { ...proven.value, ...(invite === undefined ? {} : { invite }) };
    const entered = await callFunction({ server: facts, device: this.#store.device }, "signInWithOidc", form);
    if (!entered.ok) {
      const { problem } = entered.problem === "bad-input" ? PROVIDER_FAILED : entered;
      this.#runtime.dispatch({ type: "provider-refused", server: facts.origin, problem });
      return { ok: false, problem };
    }
    const { id, ...person } = entered.value.user;
    return this.#begin(facts, entered.value.sessionToken, { user: id, ...person });
  }

  async #begin(
    server: ServerFacts,
    token: string,
    person: { user: UserId; handle: string; name: string },
  ): Promise<CommandAnswer> {
    await this.#store.keepToken(token);
    this.#runtime.dispatch({ type: "signed-in", session: { ...person, server } });
    return DONE;
  }
}

/** A fresh id for a call of ours. */
export function newCallId(): CallId {
  return v.parse(CallId, crypto.randomUUID());
}

/** What a page's command is to the core. */
function eventOf(command: Exclude<Command, Trial | { type: ServerCommand }>): PageCommand {
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
  | "requestContact"
  | "acceptContact"
  | "declineContact"
  | "removeContact"
  | "blockContact"
  | "unblockContact";

function answerOf(answer: Answer<unknown>): CommandAnswer {
  return answer.ok ? DONE : answer;
}

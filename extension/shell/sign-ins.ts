import type { UserId } from "#protocol";
import type { ServerFacts } from "../core/app-state-types.ts";
import type { Command, CommandAnswer, Problem } from "../messaging/commands.ts";
import { type Caller, callFunction, discover, logIn, logOut } from "./api.ts";
import { Attempts } from "./attempts.ts";
import { createLogger, errorName } from "./logger.ts";
import type { Runtime } from "./runtime.ts";
import type { Store } from "./store.ts";
import { signInOnTheWeb } from "./web-sign-in.ts";

const log = createLogger("sign-ins");

type SignIn = Extract<Command, { type: "signIn" }>;
type SignUp = Extract<Command, { type: "signUp" }>;
type SignInByProvider = Extract<Command, { type: "signInByProvider" }>;

const DONE: CommandAnswer = { ok: true };
const GIVEN_UP: CommandAnswer = { ok: false, problem: "given-up" };
const NOT_INVITED: CommandAnswer = { ok: false, problem: "bad-input", field: "invite" };

/** A session that a server opened for us. */
interface Opened {
  server: ServerFacts;
  token: string;
  person: { user: UserId; handle: string; name: string };
}

/**
 * Opens sessions, of which one comes about: a second click opens no second one, a newer wish is not kept waiting by an older
 * one's server, and the session of whoever came too late is ended at once. A password can be given while the provider's
 * window is open.
 */
export class SignIns {
  readonly #runtime: Runtime;
  readonly #store: Store;
  readonly #attempts = new Attempts<CommandAnswer>();

  constructor(runtime: Runtime, store: Store) {
    this.#runtime = runtime;
    this.#store = store;
  }

  async handle(command: SignIn | SignUp | SignInByProvider): Promise<CommandAnswer> {
    if (this.#isSignedIn) return DONE;
    const way = command.type === "signInByProvider" ? "provider" : "form";
    return this.#attempts.begin(way, JSON.stringify(command), async (signal) => {
      const answer = await this.#attempt(command, signal);
      if (!signal.aborted) return answer;
      return this.#isSignedIn ? DONE : GIVEN_UP;
    });
  }

  get #isSignedIn(): boolean {
    return this.#runtime.state.at === "signed-in";
  }

  #attempt(command: SignIn | SignUp | SignInByProvider, signal: AbortSignal): Promise<CommandAnswer> {
    switch (command.type) {
      case "signIn":
        return this.#signIn(command, signal);
      case "signUp":
        return this.#signUp(command, signal);
      case "signInByProvider":
        return this.#signInByProvider(command, signal);
    }
  }

  async #signIn({ server: typed, handle, password }: SignIn, signal: AbortSignal): Promise<CommandAnswer> {
    const found = await discover(typed, signal);
    if (!found.ok) return found;
    const { server } = found.value;
    const session = await logIn(this.#callerAt(server), handle, password);
    if (!session.ok) return session;
    // Parse gives no more than the id; the name comes with the welcome.
    const person = { user: session.value.objectId, handle, name: handle };
    return this.#begin({ server, token: session.value.sessionToken, person }, signal);
  }

  async #signUp(command: SignUp, signal: AbortSignal): Promise<CommandAnswer> {
    const { handle, name, email, password, invite } = command;
    const found = await discover(command.server, signal);
    if (!found.ok) return found;
    const { server } = found.value;
    const invited = invite === undefined ? {} : { invite };
    const account = { username: handle, password, email, name, ...invited };
    const made = await callFunction(this.#callerAt(server), "signUp", account);
    if (!made.ok) return made.problem === "registration-closed" && invite !== undefined ? NOT_INVITED : made;
    const { id, ...person } = made.value.user;
    const opened = { server, token: made.value.sessionToken, person: { user: id, ...person } };
    return this.#begin(opened, signal, invite);
  }

  async #signInByProvider({ server: typed, invite }: SignInByProvider, signal: AbortSignal): Promise<CommandAnswer> {
    const found = await discover(typed, signal);
    if (!found.ok) return found;
    const { server, providerUrl } = found.value;
    if (providerUrl === undefined) return { ok: false, problem: "provider-away" };
    const proven = await signInOnTheWeb(providerUrl, "sign-in");
    // What it gave is of no use to anybody else, and runs out by itself.
    if (signal.aborted || this.#isSignedIn) return DONE;
    if (!proven.ok) return this.#refused(server, proven.problem, signal);
    const form = { ...proven.value, ...(invite === undefined ? {} : { invite }) };
    const entered = await callFunction(this.#callerAt(server), "signInWithOidc", form);
    if (!entered.ok) {
      return this.#refused(server, entered.problem === "bad-input" ? "provider-failed" : entered.problem, signal);
    }
    const { id, ...person } = entered.value.user;
    const opened = { server, token: entered.value.sessionToken, person: { user: id, ...person } };
    const begun = await this.#begin(opened, signal);
    return begun.ok && entered.value.isNew === true ? { ok: true, value: { isNew: true } } : begun;
  }

  /** Where the window opened, the popup has closed: it says so when it is opened again. */
  #refused(server: ServerFacts, problem: Problem, signal: AbortSignal): CommandAnswer {
    if (!signal.aborted) this.#runtime.dispatch({ type: "provider-refused", server: server.origin, problem });
    return { ok: false, problem };
  }

  #callerAt(server: ServerFacts): Caller {
    return { server, device: this.#store.device };
  }

  /** The session comes about here, unless it came too late: nobody would hold it then. */
  async #begin({ server, token, person }: Opened, signal: AbortSignal, invite?: string): Promise<CommandAnswer> {
    const caller = { ...this.#callerAt(server), token };
    if (this.#isSignedIn || !this.#attempts.win(signal)) {
      void logOut(caller);
      return DONE;
    }
    if (invite !== undefined) await this.#goOnWith(invite, caller);
    try {
      await this.#store.keepToken(token);
    } catch (caught) {
      log.error("the session could not be kept", { why: errorName(caught) });
      void logOut(caller);
      return { ok: false, problem: "storage" };
    }
    this.#runtime.dispatch({ type: "signed-in", session: { ...person, server } });
    return DONE;
  }

  /** An invite let the account in; whether its owner becomes a contact is still asked. The operator's has none. */
  async #goOnWith(code: string, caller: Caller): Promise<void> {
    const read = await callFunction(caller, "readInviteLink", { code });
    if (read.ok) this.#runtime.dispatch({ type: "open-invite", invite: { code } });
  }
}

import { FUNCTIONS, ParseCode, type FunctionName, type FunctionResult, type IceServer, type UserId } from "#protocol";
import * as v from "valibot";
import { DatabaseAway, type DatabasePool } from "../database/pool.ts";
import type { Logger } from "../logger.ts";
import type { Avatars } from "./avatars.ts";
import type { Calls } from "./calls.ts";
import { anybody, callerOf, type Caller, type FunctionRequest } from "./caller.ts";
import type { ContactOutcome, Contacts } from "./contacts.ts";
import type { SignedInDevices } from "./devices.ts";
import type { Invites } from "./invites.ts";
import type { Letters } from "./letters.ts";
import type { MissedCalls } from "./missed-calls.ts";
import type { OwnPassword } from "./own-password.ts";
import type { Newcomers } from "./newcomers.ts";
import type { OidcSignIn } from "./oidc-sign-in.ts";
import type { Profiles } from "./profiles.ts";
import type { FunctionCounters } from "./rate-limits.ts";
import { because, databaseAway, mistake, Refusal, tooMany, wrongField } from "./refusals.ts";
import { makeAccount, type ParseSdk } from "./sign-up.ts";

type Parameters<F extends FunctionName> = v.InferOutput<(typeof FUNCTIONS)[F]["parameters"]>;

type Implementations = {
  [F in FunctionName]: (parameters: Parameters<F>, caller: Caller) => Promise<FunctionResult<F>>;
};

export interface FunctionParts {
  parse: ParseSdk;
  database: DatabasePool;
  contacts: Contacts;
  calls: Calls;
  missed: MissedCalls;
  profiles: Profiles;
  avatars: Avatars;
  devices: SignedInDevices;
  password: OwnPassword;
  exportOf: (user: UserId, session: string) => Promise<FunctionResult<"exportAccount">>;
  erase: (user: UserId) => Promise<void>;
  counters: FunctionCounters;
  invites: Invites;
  letters: Letters;
  oidc: Pick<OidcSignIn, "signIn">;
  newcomers: Newcomers;
  /** What a person may try out for some minutes. */
  iceServers: () => IceServer[];
  logger: Logger;
}

/** The functions that need no session. */
const PUBLIC: ReadonlySet<FunctionName> = new Set(["signUp", "signInWithOidc", "requestPasswordReset"]);

/** Tells Parse of every function. Each one is checked, authorised and counted by the same few lines. */
export function defineFunctions(parts: FunctionParts): void {
  const implementations = implement(parts);
  for (const name of Object.keys(FUNCTIONS) as FunctionName[]) {
    parts.parse.Cloud.define(name, async (request: FunctionRequest) => {
      try {
        return await call(name, implementations, request, parts);
      } catch (error) {
        const refusal = refusalOf(error, name, parts.logger);
        // Parse hands it on as it is, to the front door.
        throw Object.assign(new parts.parse.Error(refusal.code, refusal.message), {
          field: refusal.field,
          reason: refusal.reason,
          retryAfterMs: refusal.retryAfterMs,
        });
      }
    });
  }
}

async function call(
  name: FunctionName,
  implementations: Implementations,
  request: FunctionRequest,
  parts: FunctionParts,
) {
  const parameters = readParameters(name, request.params);
  const caller = PUBLIC.has(name) ? anybody(request) : await counted(name, request, parts);
  // The schema read the parameters of this very function, which the types cannot follow through the name.
  const run = implementations[name] as (parameters: unknown, caller: Caller) => Promise<unknown>;
  return run(parameters, caller);
}

function readParameters(name: FunctionName, given: unknown): unknown {
  const read = v.safeParse(FUNCTIONS[name].parameters, given);
  if (read.success) return read.output;
  const issue = read.issues[0];
  const field = v.getDotPath(issue) ?? "";
  if (issue.type === "strict_object" && issue.expected === "never") {
    throw wrongField(field, `${name} does not know the field '${field}'; leave it out.`);
  }
  if (issue.input === undefined) throw wrongField(field, `${name} needs the field '${field}'; give it.`);
  throw wrongField(field, `In ${name} '${field}' ${issue.message}.`);
}

async function counted(name: FunctionName, request: FunctionRequest, parts: FunctionParts): Promise<Caller> {
  const caller = await callerOf(request, parts.database);
  const waitMs = await parts.counters.countUser(name, caller.user.id);
  if (waitMs !== undefined) throw tooMany(waitMs);
  return caller;
}

function implement(parts: FunctionParts): Implementations {
  return {
    ...accountFunctions(parts),
    ...contactFunctions(parts),
    getIceServers: () => Promise.resolve({ iceServers: parts.iceServers() }),
  };
}

function accountFunctions({ profiles, avatars, devices, password, letters, ...parts }: FunctionParts) {
  return {
    signUp: ({ invite, ...form }, { device }) =>
      parts.newcomers.admit(invite, () => makeAccount(parts.parse, form, device)),
    signInWithOidc: (form, { device }) => parts.oidc.signIn(form, device),
    setAvatar: async ({ image }, { user }) => {
      await avatars.set(user.id, image);
      return { user: await profiles.read(user.id) };
    },
    getProfile: async (_parameters, { user }) => ({ user: await profiles.read(user.id) }),
    updateProfile: async (change, caller) => ({ user: await profiles.update(caller, change) }),
    requestPasswordReset: async ({ email }) => {
      await letters.reset(email);
      return {};
    },
    requestVerification: async (_parameters, { user }) => {
      await letters.verifyAgain(user.id);
      return {};
    },
    changePassword: async ({ current, proof, next }, caller) => {
      await password.change(caller, { password: current, proof }, next);
      return {};
    },
    exportAccount: (_parameters, { user, session }) => parts.exportOf(user.id, session),
    deleteAccount: async (given, caller) => {
      await password.prove(caller, given);
      await parts.erase(caller.user.id);
      return {};
    },
    listSessions: async (_parameters, { user, session }) => ({ sessions: await devices.list(user.id, session) }),
    signOutSession: async ({ session }, { user }) => {
      if (await devices.signOut(user.id, session)) return {};
      throw new Refusal(ParseCode.notFound, "There is no such session of yours; read the list again.");
    },
    signOutEverywhere: async (_parameters, { user, session }) => {
      await devices.signOutOthers(user.id, session);
      return {};
    },
  } satisfies Partial<Implementations>;
}

function contactFunctions({ contacts, calls, missed, invites }: FunctionParts) {
  return {
    listContacts: async (_parameters, { user }) => ({ contacts: await contacts.list(user.id) }),
    requestContact: async ({ handle }, { user }) => done(await contacts.request(user, handle)),
    acceptContact: async ({ user: other }, { user }) => done(await contacts.accept(user, other)),
    declineContact: async ({ user: other }, { user }) => done(await contacts.decline(user, other)),
    removeContact: async ({ user: other }, { user }) => done(await contacts.remove(user, other)),
    blockContact: async ({ user: other }, { user }) => done(await contacts.block(user, other)),
    unblockContact: async ({ user: other }, { user }) => done(await contacts.unblock(user, other)),
    listCalls: async ({ before, limit }, { user }) => {
      const page = await calls.page(user.id, before, limit);
      if (page === undefined) {
        throw wrongField("before", "In listCalls 'before' must be the `next` of the page in front of it.");
      }
      return page;
    },
    createInviteLink: ({ note }, { user }) => invites.create(user, note),
    listInviteLinks: async (_parameters, { user }) => ({ links: await invites.list(user) }),
    withdrawInviteLink: async ({ link }, { user }) => {
      await invites.withdraw(user, link);
      return {};
    },
    readInviteLink: ({ code }, { user }) => invites.read(user, code),
    redeemInviteLink: async ({ code }, { user }) => {
      const { outcome, owner } = await invites.redeem(user, code);
      done(outcome);
      return { user: owner };
    },
    markCallsSeen: async (_parameters, { user }) => {
      await calls.markSeen(user.id);
      await missed.tell(user.id);
      return {};
    },
  } satisfies Partial<Implementations>;
}

function done(outcome: ContactOutcome): Record<string, never> {
  switch (outcome) {
    case "done":
      return {};
    case "not-found":
      throw new Refusal(ParseCode.notFound, "There is no such contact or request; read the list again.");
    case "self":
      throw because("self", "That is your own handle; give somebody else's.");
    case "too-many":
      throw because("contacts-full", "Your contact list is full; remove somebody first.");
    case "too-many-theirs":
      throw because("contacts-full-theirs", "Their contact list is full; they have to remove somebody first.");
    case "too-many-blocked":
      throw because("blocked-full", "You have blocked as many people as you can; unblock somebody first.");
    case "blocked":
      throw because("blocked", "You have blocked this person; unblock them first.");
    case "too-many-asked":
      throw because("requests-full", "Too many requests wait at this handle already; let its owner ask you.");
  }
}

function refusalOf(error: unknown, name: FunctionName, logger: Logger): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof DatabaseAway) return databaseAway();
  logger.error("a function failed", { function: name, error });
  return mistake();
}

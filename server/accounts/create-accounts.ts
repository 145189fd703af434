import type { IceServer, Settings, UserId } from "#protocol";
import type { RequestHandler, Router } from "express";
import type { Config } from "../config.ts";
import type { ChosenPresence, EndedCall, KeptCall } from "../core/events.ts";
import { settingsWithout } from "../core/settings.ts";
import { openPool, type DatabasePool } from "../database/pool.ts";
import type { Logger } from "../logger.ts";
import type { Mail } from "../mail/mail.ts";
import { eraseAccount } from "./account-deletion.ts";
import { exportOf } from "./account-export.ts";
import { accountLinks, type AccountLinks } from "./account-links.ts";
import type { Accounts, AccountsEvent } from "./accounts.ts";
import { oneAtATime } from "./alone.ts";
import { avatarRoute } from "./avatar-route.ts";
import { Avatars } from "./avatars.ts";
import { Calls } from "./calls.ts";
import { Contacts } from "./contacts.ts";
import { SignedInDevices } from "./devices.ts";
import { frontDoor } from "./front-door.ts";
import { defineFunctions } from "./functions.ts";
import { HandleCounters } from "./handle-counters.ts";
import { removeExpiredInvites } from "./invite-rows.ts";
import { Invites } from "./invites.ts";
import { KeptCallRows } from "./kept-calls.ts";
import { KeptFiles } from "./kept-files.ts";
import { KnownDevices } from "./known-devices.ts";
import { Letters, removeExpiredTokens } from "./letters.ts";
import { MissedCalls } from "./missed-calls.ts";
import { OwnPassword } from "./own-password.ts";
import { PasswordTries } from "./password-tries.ts";
import { Newcomers } from "./newcomers.ts";
import { OidcAdapter, OidcSignIn, type OidcRedeem } from "./oidc-sign-in.ts";
import { Profiles } from "./profiles.ts";
import { ACCOUNT_LIMITS, FunctionCounters, type AccountLimits } from "./rate-limits.ts";
import { SessionUses } from "./session-uses.ts";
import { removeDeadSessions, Sessions } from "./sessions.ts";
import { startParse } from "./start-parse.ts";
import { Unkept } from "./unkept.ts";
import { WriteBehind } from "./write-behind.ts";

const FLUSH_WITHIN_MS = 5_000;
/** How often rows that have expired are removed. */
const SWEEP_EVERY_MS = 60 * 60_000;

export interface AccountsOptions {
  config: Pick<Config, "registration">;
  databaseUri: string;
  /** Where people's pictures are kept. */
  filesDir: string;
  masterKey: string;
  maintenanceKey: string;
  /** The server as clients see it, without a slash at its end; asked once it serves. */
  publicUrl: () => string;
  mail: Mail;
  /** What a person may try out; the names in it are for nobody else. */
  iceServers: () => IceServer[];
  logger: Logger;
  /** {@link ACCOUNT_LIMITS} unless a test wants others. */
  limits?: AccountLimits;
  /** Whom a code of the operator's OpenID provider stands for; undefined where there is no provider. */
  redeemOidc?: OidcRedeem | undefined;
}

export interface RunningAccounts {
  accounts: Accounts;
  /** To be mounted at `/parse`. Brings its own body limits, CORS and errors. */
  router: Router;
  /** To be mounted at `/avatars`. */
  avatars: RequestHandler;
  /** For the pages that people come to by a link. */
  links: AccountLinks;
  /** Where only invited people come in and nobody is here yet: tells the operator of a link for the first account. */
  inviteFirst(): Promise<void>;
  /** Writes what waits to be written, at most 5 s long, and lets go of the database. */
  close(): Promise<void>;
}

/**
 * Starts Parse Server on a database and brings the data to the present shape. One per process, since Parse is.
 * Throws a sentence for the operator where the data is newer than this server, or the database cannot be used.
 */
export async function createAccounts(options: AccountsOptions): Promise<RunningAccounts> {
  const { databaseUri, logger } = options;
  const listeners: ((event: AccountsEvent) => void)[] = [];
  const emit = (event: AccountsEvent) => {
    for (const listener of listeners) listener(event);
  };
  const database = openPool(databaseUri, logger);
  const alone = oneAtATime(database, emit);
  const contacts = new Contacts(database, alone);
  const calls = new Calls(database);
  const missed = new MissedCalls(calls, emit);
  const limits = options.limits ?? ACCOUNT_LIMITS;
  const counters = new FunctionCounters(limits.functions);
  const behind = new WriteBehind(logger);
  const letters = new Letters({ ...options, database, behind, perRecipient: limits.mailPerRecipient });
  const files = new KeptFiles(database, logger);
  const avatars = new Avatars(database, alone, files);
  const devices = new SignedInDevices(database, emit);
  const knownDevices = new KnownDevices(database, logger);
  const tries = new PasswordTries(limits.login, knownDevices);
  const redeem = options.redeemOidc;
  const password = new OwnPassword({ database, alone, tries, redeem });
  const profiles = new Profiles({
    database,
    alone,
    counters: new HandleCounters(limits.handles),
    letters,
    password,
    hasProvider: redeem !== undefined,
  });
  const { registration } = options.config;
  const adapter = new OidcAdapter();
  const invites = new Invites({ database, contacts, publicUrl: options.publicUrl, logger });
  const newcomers = new Newcomers({ registration, invites, contacts, logger });
  const oidc = redeem === undefined ? undefined : adapter.forParse;
  const parse = await startParse({ ...options, database, letters, files, oidc }, (parse) =>
    defineFunctions({
      parse,
      database,
      contacts,
      calls,
      missed,
      profiles,
      avatars,
      devices,
      password,
      exportOf: (user, session) => exportOf({ database, contacts, calls, devices, files }, user, session),
      erase: (user) => eraseAccount(alone, files, user),
      counters,
      invites,
      letters,
      newcomers,
      oidc: new OidcSignIn({ parse, database, adapter, redeem, newcomers, behind }),
      iceServers: options.iceServers,
      logger,
    }),
  ).catch(async (error: unknown) => {
    await database.close();
    throw error;
  });
  const uses = new SessionUses(database, logger);
  const sweep = () => {
    behind.add("what has expired", async () => {
      await removeExpiredInvites(database);
      await removeExpiredTokens(database);
      await removeDeadSessions(database);
    });
    behind.add("files that nobody needs", () => files.sweep());
  };
  sweep();
  const sweeping = setInterval(sweep, SWEEP_EVERY_MS);
  return {
    accounts: accountsOf({ database, calls, missed, behind, uses, logger, listeners }),
    links: accountLinks({ database, users: parse.users, alone, tell: emit }),
    inviteFirst: async () => {
      if (registration === "invite") await invites.inviteFirst();
    },
    router: frontDoor({
      parse: parse.app,
      counters,
      tries,
      devices: knownDevices,
      logger,
    }),
    avatars: avatarRoute(avatars),
    close: async () => {
      clearInterval(sweeping);
      await behind.flush(FLUSH_WITHIN_MS);
      await uses.settled();
      await parse.stop();
      await database.close();
    },
  };
}

interface AccountsParts {
  database: DatabasePool;
  calls: Calls;
  missed: MissedCalls;
  behind: WriteBehind;
  uses: SessionUses;
  logger: Logger;
  listeners: ((event: AccountsEvent) => void)[];
}

function accountsOf({ database, calls, missed, behind, uses, logger, listeners }: AccountsParts): Accounts {
  const sessions = new Sessions(database, logger);
  const kept = new KeptCallRows(database, logger);
  const choices = new Unkept<ChosenPresence>();
  const settled = new Unkept<Settings>();
  const write = (user: UserId, column: "choice" | "settings", value: object, written: () => void) =>
    behind.add(`${column} ${user}`, async () => {
      await database.rows(`UPDATE "_User" SET "${column}" = $2, "updatedAt" = now() WHERE "objectId" = $1`, [
        user,
        value,
      ]);
      written();
    });
  const saveSettings = (user: UserId, settings: Settings) => {
    settled.hold(user, settings);
    write(user, "settings", settings, () => settled.release(user, settings));
  };
  // What waits was said before, and would put back who is a contact no longer.
  listeners.push((event) => {
    if (event.type !== "contact" || event.accepted) return;
    const [one, other] = event.people;
    for (const [user, gone] of [
      [one.id, other.id],
      [other.id, one.id],
    ] as const) {
      const waiting = settled.get(user);
      if (waiting !== undefined) saveSettings(user, settingsWithout(waiting, gone));
    }
  });
  return {
    identify: async (token, device) => {
      const [chosenOf, settingsOf] = [choices.reader(), settled.reader()];
      const check = await sessions.identify(token, device);
      if (!check.ok) return check;
      const { user, chosen, settings } = check.identity;
      return {
        ok: true,
        identity: {
          ...check.identity,
          chosen: chosenOf(user.id) ?? chosen,
          settings: settingsOf(user.id) ?? settings,
        },
      };
    },
    validSessions: (names) => sessions.validSessions(names),
    noteUse: (session, device) => uses.note(session, device),
    saveChoice: (user: UserId, chosen: ChosenPresence) => {
      choices.hold(user, chosen);
      write(user, "choice", chosen, () => choices.release(user, chosen));
    },
    saveSettings,
    saveCall: (call: KeptCall) => behind.add(`call ${call.call}`, () => kept.save(call)),
    recordCall: (ended: EndedCall) =>
      behind.add(`call ${ended.call}`, async () => {
        await calls.keep(ended);
        // Told also where the record was there already: the try that wrote it may have ended before it could tell.
        if (ended.outcomes.callee === "missed" || ended.corrects === true) await missed.tell(ended.callee);
      }),
    keptCalls: () => kept.read(),
    onEvent: (listener) => {
      listeners.push(listener);
    },
    ready: () =>
      database.rows("SELECT 1").then(
        () => true,
        () => false,
      ),
  };
}

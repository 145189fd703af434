import { MAX_PASSWORD_BYTES, MIN_PASSWORD_BYTES, PARSE_APP_ID, PARSE_PATH, utf8Bytes } from "#protocol";
import type { Logger } from "../logger.ts";
import type { FolderFiles } from "./folder-files.ts";
import { RESET_SECONDS, VERIFY_SECONDS } from "./letters.ts";
import { OIDC_PROVIDER } from "./oidc-sign-in.ts";
import { CLASSES } from "./schema.ts";
import { SESSION_SECONDS } from "./sessions.ts";
import type { ParseSdk } from "./sign-up.ts";

const LOOPBACK = ["127.0.0.1", "::1"];

export interface ParseOptionParts {
  databaseUri: string;
  masterKey: string;
  maintenanceKey: string;
  /** Our adapter for sign-in by the operator's provider, where there is one. */
  oidc: object | undefined;
  logger: Logger;
  emailAdapter: object;
  /** Told of the SDK inside Parse Server, to define the functions with. */
  cloud: (parse: ParseSdk) => void;
  /** Where its files are. */
  filesAdapter: FolderFiles;
}

/** Parse Server, shut: everything that it offers and we do not need is off, and every default of its future is taken. */
export function parseOptions(parts: ParseOptionParts) {
  return {
    appId: PARSE_APP_ID,
    masterKey: parts.masterKey,
    maintenanceKey: parts.maintenanceKey,
    // Never called: the SDK inside acts in the process. Its path alone is read.
    serverURL: `http://127.0.0.1${PARSE_PATH}`,
    verifyServerUrl: false,
    directAccess: true,
    databaseURI: withPool(parts.databaseUri),
    cloud: parts.cloud,
    appName: "Beckon",
    // Parse puts it into links of its own, which nobody is sent.
    publicServerURL: `http://127.0.0.1${PARSE_PATH}`,
    emailAdapter: parts.emailAdapter,
    filesAdapter: parts.filesAdapter,
    // We make the names, which nobody can guess.
    preserveFileName: true,
    ...(parts.oidc === undefined ? {} : { auth: { [OIDC_PROVIDER]: parts.oidc } }),
    loggerAdapter: { log: (level: string, message: unknown) => tell(parts.logger, level, message) },
    logLevel: "warn",
    logLevels: {
      triggerAfter: "silent",
      triggerBeforeSuccess: "silent",
      triggerBeforeError: "silent",
      cloudFunctionSuccess: "silent",
      cloudFunctionError: "silent",
      signupUsernameTaken: "silent",
    },
    ...routes,
    ...access,
    ...people,
    ...offered,
  };
}

const routes = {
  routeAllowList: ["functions/[a-zA-Z]+", "login", "logout"],
  allowHeaders: ["X-Parse-Installation-Id"],
  enableExpressErrorHandler: true,
  enableSanitizedErrorResponse: true,
  maxUploadSize: "64kb",
  maxLimit: 1_000,
  requestComplexity: {
    allowRegex: false,
    includeDepth: 2,
    includeCount: 10,
    queryDepth: 4,
    subqueryDepth: 2,
    subqueryLimit: 100,
    graphQLDepth: 1,
    graphQLFields: 1,
    batchRequestLimit: 1,
  },
};

const access = {
  masterKeyIps: LOOPBACK,
  maintenanceKeyIps: LOOPBACK,
  readOnlyMasterKeyIps: LOOPBACK,
  allowClientClassCreation: false,
  allowCustomObjectId: false,
  allowAggregationForReadOnlyMasterKey: false,
  enforcePrivateUsers: true,
  protectedFields: { _User: { "*": ["email", "username", "name", "choice", "settings", "knownDevices", "avatar"] } },
  protectedFieldsOwnerExempt: false,
  protectedFieldsTriggerExempt: true,
  protectedFieldsSaveResponseExempt: false,
  schema: {
    definitions: CLASSES,
    strict: true,
    lockSchemas: true,
    deleteExtraFields: false,
    recreateModifiedFields: false,
  },
  security: { enableCheck: true, enableCheckLog: false },
};

const people = {
  enableAnonymousUsers: false,
  enableInsecureAuthAdapters: false,
  allowExpiredAuthDataToken: false,
  convertEmailToLowercase: true,
  convertUsernameToLowercase: true,
  verifyUserEmails: true,
  preventLoginWithUnverifiedEmail: false,
  preventSignupWithUnverifiedEmail: false,
  emailVerifyTokenValidityDuration: VERIFY_SECONDS,
  emailVerifyTokenReuseIfValid: false,
  emailVerifySuccessOnInvalidEmail: true,
  sessionLength: SESSION_SECONDS,
  extendSessionOnUse: true,
  expireInactiveSessions: true,
  revokeSessionOnPasswordReset: true,
  passwordPolicy: {
    validatorCallback: (password: string) =>
      utf8Bytes(password) >= MIN_PASSWORD_BYTES && utf8Bytes(password) <= MAX_PASSWORD_BYTES,
    validationError: `The password must be ${String(MIN_PASSWORD_BYTES)} to ${String(MAX_PASSWORD_BYTES)} bytes long, and must not hold the handle.`,
    doNotAllowUsername: true,
    resetTokenValidityDuration: RESET_SECONDS,
    resetTokenReuseIfValid: false,
    resetPasswordSuccessOnInvalidEmail: true,
  },
};

/** What Parse could do besides, all of it off. */
const offered = {
  fileUpload: {
    enableForPublic: false,
    enableForAnonymousUser: false,
    enableForAuthenticatedUser: false,
    fileExtensions: [],
    allowedFileUrlDomains: [],
  },
  fileDownload: { enableForPublic: false, enableForAnonymousUser: false, enableForAuthenticatedUser: false },
  pages: { encodePageParamHeaders: true },
  installation: { duplicateDeviceTokenActionEnforceAuth: true },
  mountGraphQL: false,
  startLiveQueryServer: false,
  enableProductPurchaseLegacyApi: false,
};

/** Parse takes the settings of its pool from the address. */
function withPool(uri: string): string {
  const url = new URL(uri);
  for (const [name, value] of [
    ["max", "10"],
    ["query_timeout", "5000"],
    ["keepAlive", "true"],
  ] as const) {
    if (!url.searchParams.has(name)) url.searchParams.set(name, value);
  }
  return url.href;
}

function tell(logger: Logger, level: string, message: unknown): void {
  const words = String(message).slice(0, 500);
  if (level === "error") logger.warn("Parse says", { words });
  else logger.debug("Parse says", { words });
}

import { pino } from "pino";

/** The levels of style: error, warn, info, debug; `silent` writes nothing. */
export const LOG_LEVELS = ["error", "warn", "info", "debug", "silent"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** One line of JSON per call: a short fixed sentence and an object. */
export interface Logger {
  error(sentence: string, fields?: object): void;
  warn(sentence: string, fields?: object): void;
  info(sentence: string, fields?: object): void;
  debug(sentence: string, fields?: object): void;
}

/** Where lines go; standard output unless a test wants to read them. */
export interface LogSink {
  write(line: string): void;
}

const HIDDEN = "[hidden]";

// A second wall: callers are not to log these at all. pino's wildcard reaches one level, hence both forms.
const SECRET_FIELDS = [
  "password",
  "token",
  "sessionToken",
  "session",
  "ticket",
  "secret",
  "masterKey",
  "uri",
  "credential",
  "email",
  "text",
  "address",
  "sdp",
];

/** What no line holds, in whatever field, sentence or error it would stand. Values alone go, so that it stays JSON. */
const SECRETS = new RegExp(
  [
    // Without a mail server the operator passes a link on by hand, and it stands in a field of its own for that.
    String.raw`(?<kept>"link":"[^"]*")`,
    // Of Parse's sessions.
    String.raw`\br:[0-9a-f]{32}\b`,
    // Named in JSON at any depth, or in JSON within a text.
    String.raw`(?<=\\?"(?:${SECRET_FIELDS.join("|")}|_SessionToken|verifier|code_verifier|id_token|access_token)\\?":\s?\\?")(?:[^"\\]|\\.)+`,
    // The queries of addresses, and who signs in by one.
    String.raw`(?<=\?)[\w.%~+-]+=[^\s"\\]*`,
    String.raw`(?<=:\/\/)[^\s"\\/@]+(?=@)`,
    // What PostgreSQL says of a row that is there already.
    String.raw`(?<=Key \([^)]*\)=\()[^)]*`,
  ].join("|"),
  "g",
);

function withoutSecrets(line: string): string {
  return line.replace(SECRETS, (_found, ...rest: unknown[]) => {
    // The last of what a replacer is given are the named groups.
    const { kept } = rest.at(-1) as { kept?: string };
    return kept ?? HIDDEN;
  });
}

/** A logger that writes lines of the given level and graver ones, and never the value of a secret field. */
export function createLogger(level: LogLevel, sink?: LogSink): Logger {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { error: pino.stdSerializers.errWithCause },
    redact: { paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`]), censor: HIDDEN },
    hooks: { streamWrite: withoutSecrets },
  };
  const log = sink === undefined ? pino(options) : pino(options, sink);
  return {
    error: (sentence, fields = {}) => {
      log.error(fields, sentence);
    },
    warn: (sentence, fields = {}) => {
      log.warn(fields, sentence);
    },
    info: (sentence, fields = {}) => {
      log.info(fields, sentence);
    },
    debug: (sentence, fields = {}) => {
      log.debug(fields, sentence);
    },
  };
}

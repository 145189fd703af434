/** The server's own limits; those that clients must know stand in `#protocol`. */

/** A ticket must be used within this span: longer than any ring, shorter than a talk. */
export const TICKET_MS = 2 * 60_000;

/** How often a device is told that its list of contacts changed; what comes faster is told once for many, within a second. */
export const LIST_NEWS = { burst: 20, perSecond: 2 } as const;

/** More fragments than this make no frame of an honest client. */
export const MAX_FRAGMENTS = 64;
/** A socket whose reader leaves more than this unread is cut, so that it cannot fill our memory. */
export const MAX_BUFFERED_BYTES = 1024 * 1024;
/** How long a closing handshake may take before the socket is cut. */
export const CLOSE_HANDSHAKE_MS = 2_000;

/** Upgrades of all addresses together that are open at once. */
export const MAX_CONNECTIONS = 20_000;
/** Upgrades of one address (IPv6: of one /64) that are open at once; an office behind one address fits. */
export const MAX_CONNECTIONS_PER_ADDRESS = 1_000;
/** Upgrades of one address: this many at once, and so many per second after that. */
export const UPGRADES_PER_ADDRESS = { burst: 1_000, perSecond: 50 } as const;
/** Sockets of one user; a person has fewer installations. */
export const MAX_CONNECTIONS_PER_USER = 32;
/** When to look again whether one of them has gone. */
export const TOO_MANY_SOCKETS_RETRY_MS = 60_000;

/** Messages of one device. */
export const MESSAGES_PER_DEVICE = { burst: 100, perSecond: 50 } as const;
/** Messages over the limit that are answered with an error before the socket is closed. */
export const MAX_TOO_FAST = 20;
/** When to come back after too much was said before the welcome. */
export const TOO_FAST_RETRY_MS = 5_000;
/** Messages kept while the session behind a hello is being checked. */
export const MAX_HELD_MESSAGES = 32;

/** Bytes of one holder of a ticket at PeerServer: a few offers with all their candidates, several times over. */
export const PEER_BYTES = { burst: 512 * 1024, perSecond: 32 * 1024 } as const;
/** Frames of one holder of a ticket at PeerServer. */
export const PEER_FRAMES = { burst: 300, perSecond: 20 } as const;

/** How long the credentials are good that are given to try a relay out. */
export const TURN_TRIAL_MS = 5 * 60_000;

/** How often sessions are checked: 4401 comes within 5 s. [CONN-5] */
export const SESSION_CHECK_EVERY_MS = 2_500;
/** Sessions asked for at once. */
export const SESSION_CHECK_BATCH = 500;
/** When to come back while the database is away. */
export const DATABASE_RETRY_MS = 5_000;

/** A request's headers must arrive within this span, the whole request within the next. */
export const HEADERS_TIMEOUT_MS = 10_000;
export const REQUEST_TIMEOUT_MS = 30_000;
/** How long connections are given to end by themselves at shutdown. */
export const SHUTDOWN_MS = 2_000;

/** Every limit of the contract, in one place. Lengths of text count Unicode code points. */

/** The WebSocket subprotocol, and the version of the contract. */
export const SUBPROTOCOL = "beckon.v1";

export const MAX_CLIENT_FRAME_BYTES = 16 * 1024;
export const MAX_SERVER_FRAME_BYTES = 1024 * 1024;

export const MAX_DEVICE_NAME = 64;
export const MAX_NAME = 64;
export const MAX_STATUS_TEXT = 140;
/** For whom an invite link is, in its maker's words. */
export const MAX_INVITE_NOTE = 64;
export const MIN_HANDLE = 3;
export const MAX_HANDLE = 32;
export const MIN_PASSWORD_BYTES = 8;
export const MAX_PASSWORD_BYTES = 72;
export const MAX_EMAIL = 254;
/** A picture as it is sent, before it is made small: so many bytes, in base64 a third more. */
export const MAX_IMAGE_BYTES = 1024 * 1024;
export const MAX_CALL_PAGE = 100;
/** A choice of availability ends within a year, or not at all. */
export const MAX_UNTIL_MS = 366 * 24 * 60 * 60 * 1000;
/** A person lets at most this many contacts through their do not disturb. */
export const MAX_LET_THROUGH = 100;
/** A person marks at most this many contacts as favourites. */
export const MAX_FAVOURITES = 100;
/** A hello names at most this many calls as still flowing. */
export const MAX_ACTIVE_CALLS = 4;

/** The client pings at least this often, and so keeps its extension's worker alive. */
export const PING_EVERY_MS = 20_000;
/** Either side cuts a socket from which nothing came for this long. [CONN-2] */
export const SILENCE_MS = 45_000;
/** A socket that has not said hello by then is closed with 4408. */
export const HELLO_MS = 10_000;
/** How long an invite rings. [CALL-7] */
export const RING_MS = 45_000;
/** How long a user whose socket was lost stays as they were. [PRES-3] */
export const GRACE_MS = 10_000;
/** How long after its start the server waits for those who were there before. */
export const SETTLE_MS = 35_000;
/** How long a live call waits for its call tab to come back. [CALL-13] */
export const REJOIN_MS = 20_000;
/** A call neither of whose devices has a socket for this long has failed. [CALL-13] */
export const ABANDON_MS = 60_000;
/** With less than this left of a ring, a device does not begin to ring. [CALL-3] */
export const LATE_RING_MS = 3_000;
/** A second rejoin within this span is answered with the same tickets. [CALL-13] */
export const REJOIN_REPEAT_MS = 5_000;

/** This many bad messages within the span close the socket with 4400. */
export const MAX_BAD_MESSAGES = 20;
export const BAD_MESSAGES_WITHIN_MS = 10_000;

/** Unanswered or cancelled rings of one caller to one callee. [CALL-2] */
export const MAX_RINGS_PER_CALLEE = 5;
export const RINGS_PER_CALLEE_WITHIN_MS = 10 * 60_000;
/** All rings of one caller. [CALL-2] */
export const MAX_RINGS_PER_CALLER = 30;
export const RINGS_PER_CALLER_WITHIN_MS = 60 * 60_000;

/** A text of the chat in a call. */
export const MAX_CHAT_TEXT = 4_000;
/** The name of a file that is offered in a call. */
export const MAX_FILE_NAME = 255;

/** The largest frame that PeerServer takes. */
export const MAX_PEER_FRAME_BYTES = 64 * 1024;
/** TURN credentials outlive the longest call. */
export const TURN_CREDENTIAL_MS = 12 * 60 * 60_000;

/** Reconnecting: full jitter between the floor and a ceiling that grows to one of these. [CONN-4] */
export const RECONNECT_FLOOR_MS = 500;
export const RECONNECT_CEILING_MS = 30_000;
/** The ceiling while contacts are shown or a call lives. [CONN-4] */
export const RECONNECT_CEILING_WATCHED_MS = 10_000;

import type { CallSignal, IceServer, Media, Ticket } from "#protocol";

/**
 * A camera or microphone, as the call page knows it. `unwanted`: a call without pictures asks for no camera. `withdrawn`:
 * asked for, and switched off again before the browser answered.
 */
export type DeviceState = "asking" | "withdrawn" | "unwanted" | "on" | "off" | "refused" | "missing" | "busy";

/** The call page's media. Plain data; the page shows it, and `extension/media` carries out the effects. */
export interface LinkState {
  /** Whether this side called: it waits at PeerServer, and the other dials. */
  outgoing: boolean;
  media: Media;
  camera: DeviceState;
  microphone: DeviceState;
  /** Whether a key holds the microphone open that is off otherwise. */
  held: boolean;
  /** The own screen, in the place of the camera's picture. */
  screen: ScreenState;
  /** What they send as their picture is their screen, as they said. */
  theirScreen: boolean;
  /** What the other side said that it sends. */
  remote: { camera: boolean; microphone: boolean };
  /** The browser refused to play sound without a click. */
  needsClick: boolean;
  /** Whether the media has flowed in this call, on this page or on one before it. */
  lived: boolean;
  /** The person wants it to go through a relay alone. */
  relayOnly?: true;
  /** While the talk is broken off: when it is over at the latest, however many fresh connections are tried. */
  endsAt?: number;
  /** When the ticket is asked for once more, since the relay will take its credentials no longer. [DEC-56] */
  renewAt?: number;
  phase: LinkPhase;
}

/** `why`: the last try brought nothing, through no choice of the person's. `sound`: what the screen plays goes with it. */
export type ScreenState =
  | { at: "off"; why?: ScreenProblem }
  /** The browser asks what to show. */
  | { at: "asking" }
  | { at: "on"; sound: boolean };

/** The system lets the browser record no screen; or it could not be had all the same. */
export type ScreenProblem = "system" | "failed";

export type ScreenOutcome = { sound: boolean } | "cancelled" | ScreenProblem;

/** How far the media is. Instants are ms since 1970, by this machine. */
export type LinkPhase =
  /** Waits for the ticket. For the devices nothing waits: they open meanwhile, and join what there is by then. */
  | { at: "waiting"; accepted: boolean }
  /** Becomes known to PeerServer. */
  | { at: "registering"; ticket: Ticket; accepted: boolean; until: number }
  /** PeerServer refused this side or lost it, and is asked again at `againAt`; `until` is set once the call is accepted. */
  | { at: "unregistered"; ticket: Ticket; accepted: boolean; againAt: number; until?: number }
  /**
   * The caller waits for the dial, or the media is being connected; `until` is set once the call is accepted. `freshAt`: when
   * other ends are asked for, where the two have talked before.
   */
  | { at: "linking"; ticket: Ticket; accepted: boolean; until?: number; freshAt?: number }
  | { at: "live"; ticket: Ticket }
  /**
   * `restartAt`: when ICE is restarted, or asked for again. `freshAt`: when a fresh connection is asked for; missing once it
   * is. `until`: when this counts as lost.
   */
  | { at: "interrupted"; ticket: Ticket; restartAt: number; freshAt?: number; until: number }
  | { at: "failed"; why: LinkFailure }
  /** The call is over; everything is let go. */
  | { at: "over" };

/**
 * PeerServer is away; the network lets nothing through (`no-relay`: and no relay could help); the person wants a relay alone,
 * and there is none (`relay-missing`); or what had been connected was lost for good.
 */
export type LinkFailure = "peer-server" | "no-connection" | "no-relay" | "relay-missing" | "lost";

interface CallTold {
  accepted: boolean;
  over: boolean;
  /** Whether the media has flowed in this call, on whichever page. */
  lived: boolean;
  media: Media;
  outgoing: boolean;
  ticket?: Ticket;
}

/** What happens to the link. `at` is now. */
export type LinkEvent = { at: number } &
  /** What the background says of the call, each time it changes. */
  (
    | ({ type: "call" } & CallTold)
    /** The page goes on with another call, of which this is told first. */
    | ({ type: "moved" } & CallTold)
    /** What came of `open-devices`; a camera that was not asked for is `unwanted`. */
    | { type: "devices"; camera: DeviceOutcome | "unwanted"; microphone: DeviceOutcome }
    /** PeerServer took this side's peer. */
    | { type: "registered" }
    /** PeerServer refused, is gone before the link stood, or the peer reported an error that it does not survive. */
    | { type: "peer-failed" }
    /** `connectionState` of the RTCPeerConnection. */
    | { type: "connection"; state: "connecting" | "connected" | "disconnected" | "failed" | "closed" }
    /** This side's description, made for `restart-ice` or in answer to an offer that was applied. */
    | { type: "described"; description: { type: "offer" | "answer"; sdp: string } }
    /** From the other side's page, decoded. */
    | { type: "signal"; signal: CallSignal }
    /** The person switches a device; one that is not open is asked for, and comes back as `device-changed`. */
    | { type: "switch"; device: "camera" | "microphone"; on: boolean }
    /** The key that opens the microphone for as long as it is held. */
    | { type: "hold"; held: boolean }
    /** A device came back or went away while the call runs. */
    | { type: "device-changed"; device: "camera" | "microphone"; outcome: DeviceOutcome }
    | { type: "share-screen"; on: boolean }
    /** What came of `open-screen`. */
    | { type: "screen"; outcome: ScreenOutcome }
    | { type: "screen-ended" }
    /** The other side says it, or a fresh connection has said nothing of it yet. */
    | { type: "their-screen"; on: boolean }
    /** The background has its line to the server again, over which the two sides find each other. */
    | { type: "line-returned" }
    | { type: "sound"; playing: boolean }
    | { type: "due" }
  );

export type DeviceOutcome = "on" | "refused" | "missing" | "busy";

/** What `extension/media` does, in order. */
export type LinkEffect =
  /** getUserMedia, each kind by itself, so that one that is refused does not take the other with it. */
  | { type: "open-devices"; media: Media }
  /** Makes the Peer with the ticket; answers its other side's dial by itself, with what the devices gave so far. */
  | { type: "register"; ticket: Ticket }
  | { type: "dial"; ticket: Ticket }
  /**
   * An own offer with `iceRestart: true`; answer with `described`. One that is still under way goes out again, but for `anew`:
   * it went nowhere, or holds no longer.
   */
  | { type: "restart-ice"; anew?: true }
  /** Applies the other side's description; for an offer, answer with `described`. */
  | { type: "apply"; description: { type: "offer" | "answer"; sdp: string } }
  /** To the other side's page, by the background. */
  | { type: "signal"; signal: CallSignal }
  /**
   * To the background. `ticket-wanted`: PeerServer did not take the ticket, the media cannot be restored with it, or the other
   * side does not know of it.
   * `ice-wanted`: the credentials for the relay run out.
   */
  | { type: "tell"; what: "media-connected" | "media-interrupted" | "media-failed" | "ticket-wanted" | "ice-wanted" }
  /** From its next restart on the connection goes by these. */
  | { type: "use-ice"; iceServers: IceServer[] }
  /** Sends the device's track from now on, or its stand-in. */
  | { type: "switch-track"; device: "camera" | "microphone"; on: boolean }
  /** Asks for one device that is not open; answer with `device-changed`. */
  | { type: "open-device"; device: "camera" | "microphone" }
  /** Asks the browser for a screen, in the turn of the person's click; sends it; answer with `screen`. */
  | { type: "open-screen" }
  /** Lets it go, and sends the camera again, or its stand-in. */
  | { type: "close-screen" }
  /** To the other side's page, on the connection's own channel. */
  | { type: "tell-screen"; on: boolean }
  /** Closes the connection and the peer; the devices stay open. */
  | { type: "drop-connection" }
  /** Stops every track, closes the connection and the peer. */
  | { type: "let-go" };

/** Of one kind: what is sent at first, and null where it is only known later. */
export interface FirstTracks {
  audio: MediaStreamTrack | null;
  video: MediaStreamTrack | null;
}

/** A connection that gathers its candidates at once, and tells them to nobody before it is used. */
export function prepareConnection(config: RTCConfiguration): RTCPeerConnection {
  return new RTCPeerConnection({ ...config, iceCandidatePoolSize: 1 });
}

/** Both lines from the start, since PeerJS cannot add one later; a track that is not there yet is put on its line once it is. */
export function addLines(pc: RTCPeerConnection, { audio, video }: FirstTracks): void {
  const streams = [new MediaStream()];
  pc.addTransceiver(audio ?? "audio", { streams });
  pc.addTransceiver(video ?? "video", { streams });
}

/**
 * PeerJS makes its RTCPeerConnection in the middle of `call` and `answer`, when time is short. What does so in `act` is given
 * this one, which is ready.
 */
export function handing<T>(pc: RTCPeerConnection, act: () => T): T {
  const Native = globalThis.RTCPeerConnection;
  globalThis.RTCPeerConnection = function () {
    return pc; // What `new` gives, since it is an object.
  } as unknown as typeof Native;
  try {
    return act();
  } finally {
    globalThis.RTCPeerConnection = Native;
  }
}

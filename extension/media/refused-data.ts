import type { SerializerMapping } from "peerjs";

/** Opens nothing and answers nothing. */
class RefusedDataConnection {
  handleMessage(): void {}
  close(): void {}
}

// PeerJS's type asks for its own base class, whose constructor is what must not run; it calls no more than these two.
const refused = RefusedDataConnection as unknown as SerializerMapping[string];

/** In place of PeerJS's data connections, which answer whoever asks and so tell them our addresses. */
export const REFUSED_DATA: SerializerMapping = {
  raw: refused,
  json: refused,
  binary: refused,
  "binary-utf8": refused,
  default: refused,
};

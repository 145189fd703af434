/** What we use of PeerJS, in a file of its own, so that the call page can begin without it. */
export { Peer } from "peerjs";

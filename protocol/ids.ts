import * as v from "valibot";

/** An id as Parse makes them, or a PeerJS id of ours: letters, digits, `_` and `-`, so that it is safe in a path. */
const token = v.pipe(
  v.string("must be text"),
  v.regex(/^[A-Za-z0-9_-]{1,64}$/, "must be 1 to 64 letters, digits, _ or -"),
);

/** RFC 9562 text form, any version, lower or upper case. */
const uuid = v.pipe(v.string("must be text"), v.uuid("must be a UUID"));

/** A person's account. Made by Parse. */
export const UserId = v.pipe(token, v.brand("UserId"));
/** Stands for whoever has erased their account, in the records of others. */
export const DELETED_USER = v.parse(UserId, "deleted");
export type UserId = v.InferOutput<typeof UserId>;

/** One installation of the extension (or another client). Made by the client, once. */
export const DeviceId = v.pipe(uuid, v.toLowerCase(), v.brand("DeviceId"));
export type DeviceId = v.InferOutput<typeof DeviceId>;

/** One call, from its invite to its end. Made by the caller. */
export const CallId = v.pipe(uuid, v.toLowerCase(), v.brand("CallId"));
export type CallId = v.InferOutput<typeof CallId>;

/** A media endpoint at the PeerServer, random and for one call alone. Made by the server. */
export const PeerId = v.pipe(token, v.brand("PeerId"));
export type PeerId = v.InferOutput<typeof PeerId>;

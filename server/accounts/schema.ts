/** Nobody but the server's own functions: not to read, not to write, and never to add a column. */
const CLOSED = {
  find: {},
  count: {},
  get: {},
  create: {},
  update: {},
  delete: {},
  addField: {},
  protectedFields: {},
};

const person = { type: "Pointer", targetClass: "_User" };

/**
 * Parse's classes. A user's `avatar` names the file of their picture and the path to it; a session's `device` is the name
 * that its device gave itself. `Contact` holds one person's wish for another, `owner` for `target`: two people are contacts
 * where each wishes for the other. `target` is missing where nobody has the handle. A row that `blocks` is no wish: its
 * owner blocks its target, whatever becomes of the wishes, and goes on being `shown` to them as they were then. `Call`
 * holds one row for both people: while its `state` is `ringing` or `running`, for the next server; once it is `ended`, it
 * is the record of the call. The names in it are for people who are no contacts: what each goes on being called to the
 * other. `InviteLink` makes one person a contact of its `owner`, who is missing where the operator invites; where the
 * server takes invited people only, it `admits` one new account besides.
 */
export const CLASSES = [
  {
    className: "_User",
    fields: {
      name: { type: "String" },
      avatar: { type: "Object" },
      choice: { type: "Object" },
      settings: { type: "Object" },
      knownDevices: { type: "Array" },
    },
    classLevelPermissions: CLOSED,
  },
  { className: "_Session", fields: { device: { type: "String" } }, classLevelPermissions: CLOSED },
  { className: "_Role", classLevelPermissions: CLOSED },
  { className: "_Installation", classLevelPermissions: CLOSED },
  {
    className: "Contact",
    fields: {
      owner: person,
      target: person,
      handle: { type: "String" },
      blocks: { type: "Boolean" },
      shown: { type: "Object" },
    },
    classLevelPermissions: CLOSED,
  },
  {
    className: "Call",
    fields: {
      call: { type: "String" },
      caller: person,
      callee: person,
      callerName: { type: "String" },
      calleeName: { type: "String" },
      media: { type: "String" },
      reason: { type: "String" },
      callerOutcome: { type: "String" },
      calleeOutcome: { type: "String" },
      missedWhile: { type: "String" },
      startedAt: { type: "Date" },
      acceptedAt: { type: "Date" },
      endedAt: { type: "Date" },
      seen: { type: "Boolean" },
      state: { type: "String" },
      calleeDevice: { type: "String" },
      merged: { type: "Array" },
      adopted: { type: "Boolean" },
      live: { type: "Object" },
    },
    classLevelPermissions: CLOSED,
  },
  {
    className: "InviteLink",
    fields: {
      owner: person,
      hash: { type: "String" },
      note: { type: "String" },
      expires: { type: "Date" },
      claimed: { type: "Date" },
      admits: person,
      used: { type: "Date" },
      usedBy: person,
    },
    classLevelPermissions: CLOSED,
  },
] as const;

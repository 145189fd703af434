import type { DeviceId, UserId } from "#protocol";
import type { ConnectionId, JoiningUser } from "./events.ts";
import type { Told } from "./presence.ts";
import { Recent } from "./recent.ts";
import { Veils } from "./veils.ts";

/** A device that is online, or in its grace where `connection` is missing. */
export interface Device {
  id: DeviceId;
  connection?: ConnectionId;
  /** The number of the socket that it has, or had last, in the order of their opening. */
  opened: number;
  idle: boolean;
}

/** A user with at least one device online or in its grace. */
export interface User extends Omit<JoiningUser, "contacts" | "blocked" | "blockedBy"> {
  /** Their names, by id. */
  contacts: Map<UserId, string>;
  blocked: Set<UserId>;
  blockedBy: Set<UserId>;
  devices: Map<DeviceId, Device>;
  told: Told;
}

/** Who speaks on a connection. */
export interface Speaker {
  connection: ConnectionId;
  user: User;
  device: Device;
}

const MAX_OFFLINE_KNOWN = 100_000;

/** Everyone who is here, by user, device and connection; and what must be remembered of those who left. */
export class Users {
  readonly #users = new Map<UserId, User>();
  readonly #speakers = new Map<ConnectionId, Speaker>();
  readonly #offlineSince = new Recent<UserId, number>(MAX_OFFLINE_KNOWN);
  readonly #veils = new Veils();
  /** Blocks of which those who are not here cannot tell. */
  readonly #noted = new Set<string>();

  get(user: UserId): User | undefined {
    return this.#users.get(user);
  }

  speaker(connection: ConnectionId): Speaker | undefined {
    return this.#speakers.get(connection);
  }

  /** The user who joins: as they are remembered where they are here already, since that is newer than what was read. */
  welcome(joining: JoiningUser): User {
    const here = this.#users.get(joining.id);
    if (here !== undefined) {
      here.handle = joining.handle;
      here.name = joining.name;
      if (joining.avatar === undefined) delete here.avatar;
      else here.avatar = joining.avatar;
      return here;
    }
    const user: User = {
      ...joining,
      contacts: new Map(joining.contacts.map(({ id, name }) => [id, name])),
      blocked: new Set(joining.blocked),
      blockedBy: new Set(joining.blockedBy),
      devices: new Map(),
      told: this.told(joining.id),
    };
    this.#users.set(user.id, user);
    return user;
  }

  connect(user: User, device: Device, connection: ConnectionId): void {
    device.connection = connection;
    this.#speakers.set(connection, { connection, user, device });
  }

  /** Takes the device's connection away; what comes of it later is of no meaning any more. */
  disconnect(device: Device): void {
    if (device.connection === undefined) return;
    this.#speakers.delete(device.connection);
    delete device.connection;
  }

  /** Forgets a user without devices, save since when they were seen as offline. */
  forget(user: User): void {
    this.#users.delete(user.id);
    if (user.told.since !== undefined) this.#offlineSince.set(user.id, user.told.since);
  }

  /** What was last told of this user, also where they are not here. */
  told(user: UserId): Told {
    const here = this.#users.get(user);
    if (here !== undefined) return here.told;
    const since = this.#offlineSince.get(user);
    return { availability: "offline", ...(since === undefined ? {} : { since }) };
  }

  /** What `to` was last told of this user, who may block them. [PRES-5] */
  toldTo(to: UserId, user: UserId): Told {
    return this.#veils.through(to, user, this.told(user), this.blocks(user, to));
  }

  /** Where one device of a user is reached now. */
  connectionOf(user: UserId, device: DeviceId | undefined): ConnectionId | undefined {
    return device === undefined ? undefined : this.#users.get(user)?.devices.get(device)?.connection;
  }

  /** Where a user is reached now, on all devices or on those named. */
  connectionsOf(user: UserId, only?: ReadonlySet<DeviceId>): ConnectionId[] {
    const connections: ConnectionId[] = [];
    for (const device of this.#users.get(user)?.devices.values() ?? []) {
      if (device.connection !== undefined && (only === undefined || only.has(device.id)))
        connections.push(device.connection);
    }
    return connections;
  }

  /** Whether one blocks the other, as far as it is known. [PRES-5] */
  blocks(one: UserId, other: UserId): boolean {
    const ofOne = this.#users.get(one)?.blocked.has(other);
    return ofOne ?? this.#users.get(other)?.blockedBy.has(one) ?? this.#noted.has(`${one} ${other}`);
  }

  /** A block is known before either of the two is here. */
  noteBlock(one: UserId, other: UserId): void {
    this.#noted.add(`${one} ${other}`);
  }

  /** Whether news of this user goes to the other: to contacts who neither block nor are blocked. [PRES-5] */
  isSeenBy(user: UserId, other: UserId): boolean {
    const viewer = this.#users.get(other);
    return (
      viewer !== undefined && this.areContacts(viewer, user) && !this.blocks(user, other) && !this.blocks(other, user)
    );
  }

  /** Notes that one blocks the other, or no longer, and what the other was told until then. */
  setBlock(one: UserId, other: UserId, isBlocked: boolean, at: number): void {
    if (isBlocked) this.#veils.drop(other, one, this.toldTo(other, one), at);
    else this.#veils.lift(other, one, this.told(one), at);
    change(this.#users.get(one)?.blocked, other, isBlocked);
    change(this.#users.get(other)?.blockedBy, one, isBlocked);
    if (!isBlocked) this.#noted.delete(`${one} ${other}`);
  }

  /** Whether both are contacts of each other, as far as those who are here are known. [PRES-5] */
  areContacts(user: User, other: UserId): boolean {
    const them = this.#users.get(other);
    return user.contacts.has(other) && (them === undefined || them.contacts.has(user.id));
  }

  /** Notes on a user's side that a contact of theirs is called otherwise. */
  rename(user: UserId, { id, name }: { id: UserId; name: string }): void {
    const contacts = this.#users.get(user)?.contacts;
    if (contacts?.has(id) === true) contacts.set(id, name);
  }

  /** Notes on the user's side that another is a contact now, or no longer; whether this is new to someone who is here. */
  setContact(user: UserId, other: { id: UserId; name: string }, accepted: boolean): boolean {
    // Whoever is just joining brings a roster that knows of it: their gateway caught up with what came meanwhile.
    const here = this.#users.get(user);
    if (here === undefined) return false;
    if (!accepted) return here.contacts.delete(other.id);
    const isNew = !here.contacts.has(other.id);
    here.contacts.set(other.id, other.name);
    return isNew;
  }
}

function change(set: Set<UserId> | undefined, user: UserId, isIn: boolean): void {
  if (isIn) set?.add(user);
  else set?.delete(user);
}

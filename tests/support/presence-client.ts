import {
  decodeServerFrame,
  PRESENCE_PATH,
  SUBPROTOCOL,
  type ActiveCall,
  type CallId,
  type ClientMessage,
  type DeviceId,
  type ServerMessage,
  type ServerMessageOf,
  type ServerMessageType,
} from "#protocol";
import { once } from "node:events";
import { WebSocket } from "ws";
import { openSocket, type UpgradeOptions } from "./sockets.ts";

/** How long a message may take to come before a test fails, in ms. */
const WITHIN_MS = 8_000;

type WithoutId<T> = T extends unknown ? Omit<T, "id"> : never;
/** What a client may say; the number of a request is given by {@link PresenceClient.request}. */
export type Request = WithoutId<ClientMessage>;
/** The answer to a request: what carries its number. */
export type Answer = Extract<ServerMessage, { re?: number | undefined }>;

export interface HelloOptions {
  token: string;
  device?: DeviceId;
  deviceName?: string;
  idle?: boolean;
  active?: ActiveCall[];
}

export function newCallId(): CallId {
  return crypto.randomUUID() as CallId;
}

export function newDeviceId(): DeviceId {
  return crypto.randomUUID() as DeviceId;
}

interface Waiter {
  fits: (message: ServerMessage) => boolean;
  take: (message: ServerMessage) => void;
}

/** One device's presence socket. Every frame of the server is kept until a test takes it with {@link next}. */
export class PresenceClient {
  readonly socket: WebSocket;
  readonly device: DeviceId;
  /** The code with which the socket closed. */
  readonly closed: Promise<number>;
  readonly #inbox: ServerMessage[];
  readonly #waiters = new Set<Waiter>();
  #requests = 1000;

  private constructor(socket: WebSocket, inbox: ServerMessage[], device: DeviceId) {
    this.socket = socket;
    this.#inbox = inbox;
    this.device = device;
    this.closed = once(socket, "close").then(([code]) => code as number);
  }

  /** Opens a socket that has not said hello. */
  static async open(url: string, options: UpgradeOptions & { device?: DeviceId } = {}): Promise<PresenceClient> {
    const { device = newDeviceId(), ...rest } = options;
    const inbox: ServerMessage[] = [];
    let client: PresenceClient | undefined = undefined as PresenceClient | undefined;
    const onFrame = (frame: string) => {
      const decoded = decodeServerFrame(frame);
      // Every frame of ours must be one of the contract.
      if (!decoded.ok) throw new Error(`the server sent ${frame.slice(0, 200)}: ${decoded.problem}`);
      if (client === undefined) inbox.push(decoded.message);
      else client.#receive(decoded.message);
    };
    const address = url.replace(/^http/, "ws") + PRESENCE_PATH;
    const socket = await openSocket(address, { protocols: [SUBPROTOCOL], ...rest, onFrame });
    client = new PresenceClient(socket, inbox, device);
    return client;
  }

  /** Opens a socket and says hello; resolves with the welcome at hand. */
  static async online(
    url: string,
    hello: HelloOptions,
  ): Promise<PresenceClient & { readonly welcome: ServerMessageOf<"welcome"> }> {
    const client = await PresenceClient.open(url, hello.device === undefined ? {} : { device: hello.device });
    client.hello(hello);
    const welcome = await client.next("welcome");
    return Object.assign(client, { welcome });
  }

  hello({ token, deviceName = "a test", idle, active }: HelloOptions): void {
    this.send({
      type: "hello",
      token,
      device: { id: this.device, name: deviceName },
      ...(idle === undefined ? {} : { idle }),
      ...(active === undefined ? {} : { active }),
    });
  }

  send(message: ClientMessage | Request): void {
    this.sendRaw(JSON.stringify(message));
  }

  sendRaw(frame: string | Buffer): void {
    this.socket.send(frame);
  }

  /** Sends with a number and resolves with what carries it back. */
  request(message: Request): Promise<Answer> {
    const id = (this.#requests += 1);
    this.send({ ...message, id });
    const answer = this.#take((received) => "re" in received && received.re === id, `the answer to ${message.type}`);
    // What carries `re` is an answer.
    return answer as Promise<Answer>;
  }

  /** Sends with a number and throws unless the answer is `ok`. */
  async must(message: Request): Promise<void> {
    const answer = await this.request(message);
    if (answer.type !== "ok") throw new Error(`${message.type} was answered with ${JSON.stringify(answer)}`);
  }

  /** Takes the first message of this type that fits, come already or still to come. */
  async next<T extends ServerMessageType>(
    type: T,
    fits: (message: ServerMessageOf<T>) => boolean = () => true,
    withinMs = WITHIN_MS,
  ): Promise<ServerMessageOf<T>> {
    const isOne = (message: ServerMessage): boolean => message.type === type && fits(message);
    return await this.#take(isOne, type, withinMs);
  }

  /** Lets go of what has come and was not taken. */
  clear(): void {
    this.#inbox.length = 0;
  }

  /** What has come and was not taken, of these types or of all. */
  waiting(...types: ServerMessageType[]): ServerMessage[] {
    return this.#inbox.filter((message) => types.length === 0 || types.includes(message.type));
  }

  /** Resolves when everything that the server has sent so far is here: for tests of what did not come. */
  async fence(): Promise<void> {
    const answer = await this.request({ type: "ping" });
    if (answer.type !== "pong") throw new Error(`ping was answered with ${JSON.stringify(answer)}`);
  }

  /** Goes as a lost network does: no bye, no closing handshake. */
  async lose(): Promise<void> {
    this.socket.terminate();
    await this.closed;
  }

  #receive(message: ServerMessage): void {
    for (const waiter of this.#waiters) {
      if (!waiter.fits(message)) continue;
      this.#waiters.delete(waiter);
      waiter.take(message);
      return;
    }
    this.#inbox.push(message);
  }

  #take(fits: (message: ServerMessage) => boolean, what: string, withinMs = WITHIN_MS): Promise<ServerMessage> {
    const at = this.#inbox.findIndex(fits);
    const [found] = at < 0 ? [] : this.#inbox.splice(at, 1);
    if (found !== undefined) return Promise.resolve(found);
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        fits,
        take: (message) => {
          clearTimeout(late);
          resolve(message);
        },
      };
      const fail = (why: string) => {
        this.#waiters.delete(waiter);
        clearTimeout(late);
        reject(new Error(`${what} did not come: ${why}; there is ${JSON.stringify(this.#inbox)}`));
      };
      const late = setTimeout(fail, withinMs, `not within ${String(withinMs)} ms`);
      this.#waiters.add(waiter);
      void this.closed.then((code) => {
        if (this.#waiters.has(waiter)) fail(`the socket closed with ${String(code)}`);
      });
    });
  }
}

/** A client that was welcomed. */
export type OnlineClient = Awaited<ReturnType<typeof PresenceClient.online>>;

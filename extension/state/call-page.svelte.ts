import { CallId, decodeCallSignal, type Media } from "#protocol";
import * as v from "valibot";
import { linkDue, openLink, updateLink } from "../core/link.ts";
import { isWished, wishesOf } from "../core/link-devices.ts";
import type { DeviceState, LinkEffect, LinkFailure, LinkState } from "../core/link-types.ts";
import type { Step } from "../core/machine.ts";
import type { QualityView } from "../core/quality-types.ts";
import type { CallEnd } from "../core/view.ts";
import type { Problem } from "../messaging/commands.ts";
import { CALL_PORT, type FromCallPage, ToCallPage } from "../messaging/call-port.ts";
import { LastingPort } from "../messaging/page.ts";
import { callPageUrl } from "../messaging/pages.ts";
import { CallExchange } from "./call-exchange.svelte.ts";
import { CallMedia, type LinkHappening } from "./call-media.ts";
import { CallQuality } from "./call-quality.svelte.ts";

type CallTold = Extract<ToCallPage, { type: "call" }>;

/** The page of one call: what the background says of the call, and this page's media. */
class CallPage {
  #told = $state.raw<CallTold>();
  /** Why there is no call here to show. */
  #without = $state<"unknown" | "elsewhere">();
  #notCalled = $state<Problem>();
  #link = $state.raw<LinkState>();
  #replaced = $state.raw<readonly ("camera" | "microphone")[]>([]);
  #ownStream = $state.raw<MediaStream>();
  #remoteStream = $state.raw<MediaStream>();
  /** The length of the talk, once it is over. */
  #talkedSeconds = $state<number>();
  #failure = $state<LinkFailure>();
  #exchange = $state.raw<CallExchange>();
  readonly #quality = new CallQuality((effect) => {
    if (effect.type === "limit-picture") this.#media?.limitPicture(effect.step);
    else this.#exchange?.tellLine(effect.word);
  });
  #media: CallMedia | undefined;
  /** Which call this page shows. */
  #call: CallId | undefined;
  /** Set from the word that this page goes on with another call until that call is told. */
  #isMoving = false;
  #port: LastingPort | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** What the background said last; undefined until it spoke. */
  get told(): CallTold | undefined {
    return this.#told;
  }

  /** The call, as a screen shows it. */
  get phase() {
    const told = this.#told;
    if (told === undefined) return { at: this.#without ?? ("opening" as const) };
    switch (told.state) {
      case "ringing-out":
        return { at: told.state, devices: told.devices ?? 1, mode: told.mode ?? "loud" };
      case "live":
      case "reconnecting":
        return { at: told.state, since: told.since ?? Date.now() };
      case "ended":
        // The background sends a reason of its own list; the port's schema knows it as text.
        return { at: told.state, reason: (told.reason ?? "failed") as CallEnd, seconds: this.#talkedSeconds };
      default:
        return { at: told.state };
    }
  }

  get linkState() {
    const phase = this.#link?.phase;
    switch (phase?.at) {
      case "registering":
      case "unregistered":
      case "linking":
        return phase.accepted ? "connecting" : "idle";
      case "live":
      case "interrupted":
      case "failed":
        return phase.at;
      default:
        return "idle";
    }
  }

  /** Why the media could not be connected or restored, also once the call is over. */
  get failure(): LinkFailure | undefined {
    return this.#failure;
  }

  get ownStream(): MediaStream | undefined {
    return this.#ownStream;
  }

  /** Which devices serve in the place of those that the person chose. */
  get replaced(): readonly ("camera" | "microphone")[] {
    return this.#replaced;
  }

  /** What the two write and hand to each other; undefined before there is a call. */
  get exchange(): CallExchange | undefined {
    return this.#exchange;
  }

  /** How the line is, and the microphone. */
  get quality(): QualityView {
    return this.#quality.view;
  }

  get remoteStream(): MediaStream | undefined {
    return this.#remoteStream;
  }

  get microphone(): DeviceState {
    return this.#link?.microphone ?? "asking";
  }

  get camera(): DeviceState {
    return this.#link?.camera ?? "asking";
  }

  get remote(): { camera: boolean; microphone: boolean } {
    return this.#link?.remote ?? { camera: true, microphone: true };
  }

  /** Why the last call again was not placed. */
  get notCalled(): Problem | undefined {
    return this.#notCalled;
  }

  get needsClick(): boolean {
    return this.#link?.needsClick ?? false;
  }

  /** Begins to live: `search` is the page's address from its question mark on, which names the call. */
  open(search: string): void {
    const call = v.safeParse(CallId, new URLSearchParams(search).get("call"));
    if (!call.success) {
      this.#without = "unknown";
      return;
    }
    this.#begin(call.output);
    this.#port = new LastingPort(
      CALL_PORT,
      (port) => this.#introduce(port),
      (message) => this.#received(message),
    );
  }

  toggle(device: "camera" | "microphone"): void {
    this.#happened({ type: "switch", device, on: !isWished(this[device]) });
    this.#postWishes();
  }

  /** Asks again for each device that could not be had. */
  retryDevices(): void {
    for (const device of ["microphone", "camera"] as const) {
      if (["refused", "missing", "busy"].includes(this[device])) this.#happened({ type: "switch", device, on: true });
    }
  }

  sound(playing: boolean): void {
    this.#happened({ type: "sound", playing });
  }

  hangUp(): void {
    this.#post({ type: "hang-up" });
  }

  acceptWaiting(call: CallId, media: Media): void {
    this.#post({ type: "accept-waiting", call, media });
  }

  declineWaiting(call: CallId): void {
    this.#post({ type: "decline-waiting", call });
  }

  callAgain(): void {
    const told = this.#told;
    if (told === undefined) return;
    this.#notCalled = undefined;
    this.#post({ type: "call-again", user: told.with.user, media: told.media });
  }

  /** Each new worker is told who is here, and how the media is: what the one before was told may have died with it. */
  #introduce(port: LastingPort): void {
    const fresh = this.#link === undefined;
    if (this.#call !== undefined) port.post({ type: "here", call: this.#call, fresh } satisfies FromCallPage);
    const at = this.#isMoving ? undefined : this.#link?.phase.at;
    if (at === "live") port.post({ type: "media-connected" } satisfies FromCallPage);
    if (at === "interrupted") port.post({ type: "media-interrupted" } satisfies FromCallPage);
    if (at === "failed") port.post({ type: "media-failed" } satisfies FromCallPage);
  }

  /** For a page that is loaded again in the place of this one. */
  #postWishes(): void {
    if (this.#link !== undefined) this.#post({ type: "wishes", wishes: wishesOf(this.#link) });
  }

  #post(message: FromCallPage): void {
    this.#port?.post(message);
  }

  #received(raw: unknown): void {
    const message = v.safeParse(ToCallPage, raw);
    if (!message.success) return;
    switch (message.output.type) {
      case "call":
        this.#callTold(message.output);
        break;
      case "go-on":
        this.#goOn(message.output.call);
        break;
      case "signal": {
        const signal = decodeCallSignal(message.output.data);
        if (signal !== undefined) this.#happened({ type: "signal", signal });
        break;
      }
      case "toggle-microphone":
        this.toggle("microphone");
        break;
      case "unknown-call":
        this.#forgotten();
        break;
      case "signed-out":
        this.#forget();
        break;
      case "open-elsewhere":
        this.#without = "elsewhere";
        this.#port?.close();
        break;
      case "not-called":
        this.#notCalled = message.output.problem;
        break;
    }
  }

  /** The page takes another call in the place of its own, under that call's address. */
  #goOn(call: CallId): void {
    this.#exchange?.end();
    this.#begin(call);
    this.#isMoving = true;
    history.replaceState(null, "", callPageUrl(call));
    this.#post({ type: "here", call, fresh: false });
  }

  #begin(call: CallId): void {
    this.#call = call;
    this.#exchange = new CallExchange(call, {
      line: (word) => this.#quality.heard(word),
      open: () => this.#quality.lineOpen(),
    });
    this.#quality.begin();
  }

  /** Nothing of the former call is shown any more. Where its devices were let go already, all begins anew. */
  #leave(): void {
    this.#told = undefined;
    this.#without = undefined;
    this.#notCalled = undefined;
    this.#talkedSeconds = undefined;
    this.#failure = undefined;
    const at = this.#link?.phase.at;
    if (at !== "over" && at !== "failed") return;
    this.#media?.carryOut({ type: "let-go" });
    this.#link = undefined;
  }

  #callTold(told: CallTold): void {
    const { outgoing, media, state, ticket, server, wishes, device } = told;
    const type = this.#isMoving ? "moved" : "call";
    if (this.#isMoving) this.#leave();
    this.#isMoving = false;
    const over = state === "ended";
    const since = told.since ?? this.#told?.since;
    if (over && since !== undefined) this.#talkedSeconds ??= Math.round((Date.now() - since) / 1000);
    this.#told = told;
    if (over) this.#exchange?.end();
    const accepted = state === "joining" || state === "live" || state === "reconnecting";
    const event = {
      accepted,
      over,
      lived: since !== undefined,
      media,
      outgoing,
      ...(ticket === undefined ? {} : { ticket }),
    };
    if (this.#link !== undefined) {
      this.#happened({ type, ...event });
      if (type === "moved") this.#postWishes();
      return;
    }
    this.#media = new CallMedia({ origin: server, relayOnly: device.relayOnly }, device, {
      happened: (happening) => this.#happened(happening),
      post: (message) => this.#post(message),
      ownStream: (stream) => (this.#ownStream = stream),
      replaced: (devices) => (this.#replaced = devices),
      remoteStream: (stream) => (this.#remoteStream = stream),
      connectionMade: (pc) => {
        this.#quality.connected();
        this.#exchange?.connect(pc);
      },
      lineLooked: (look) => {
        if (this.#link !== undefined) this.#quality.looked(look, this.#link);
      },
      wantsVoice: () => this.#link !== undefined && this.#quality.wantsVoice(this.#link),
    });
    this.#take(openLink({ type: "call", ...event, at: Date.now() }, wishes));
  }

  /** The background lost the call; what was shown of its end stays. */
  #forgotten(): void {
    const told = this.#told;
    // What it was to go on with is over already.
    if (this.#isMoving) this.#forget();
    else if (told === undefined) this.#without = "unknown";
    else if (told.state !== "ended") this.#callTold({ ...told, state: "ended", reason: "lost" });
  }

  /** Nothing of any call stays. */
  #forget(): void {
    clearTimeout(this.#timer);
    this.#media?.carryOut({ type: "let-go" });
    this.#link = undefined;
    this.#told = undefined;
    this.#without = "unknown";
  }

  #happened(happening: LinkHappening): void {
    if (this.#link !== undefined) this.#take(updateLink(this.#link, { ...happening, at: Date.now() }));
  }

  #take({ state, effects }: Step<LinkState, LinkEffect>): void {
    this.#link = state;
    if (state.phase.at === "failed") this.#failure ??= state.phase.why;
    for (const effect of effects) this.#media?.carryOut(effect);
    clearTimeout(this.#timer);
    const due = linkDue(this.#link);
    if (due === undefined) return;
    this.#timer = setTimeout(() => this.#happened({ type: "due" }), Math.max(0, due - Date.now()));
  }
}

export const callPage = new CallPage();

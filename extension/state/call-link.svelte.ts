import type { CallId, CallSignal } from "#protocol";
import { linkDue, openLink, updateLink } from "../core/link.ts";
import { NO_SCREEN } from "../core/link-screen.ts";
import { isWished, mayBeOpen, wishesOf } from "../core/link-devices.ts";
import type { DeviceKind } from "../core/device-use.ts";
import type { DeviceState, LinkEffect, LinkFailure, LinkState, ScreenState } from "../core/link-types.ts";
import type { Step } from "../core/machine.ts";
import type { QualityView } from "../core/quality-types.ts";
import type { FromCallPage, ToCallPage, ToldDevice } from "../messaging/call-port.ts";
import { sendCommand } from "../messaging/page.ts";
import { CallDevices } from "./call-devices.svelte.ts";
import { CallExchange } from "./call-exchange.svelte.ts";
import { CallMedia, type LinkHappening } from "./call-media.ts";
import { CallQuality } from "./call-quality.svelte.ts";

/** What the background says of the call. */
export type CallTold = Extract<ToCallPage, { type: "call" }>;

/** The media of the page's call: its link with the clock of it, its streams, how it goes, and what it carries besides. */
export class CallLink {
  /** What serves as camera, microphone and speaker. */
  readonly devices = new CallDevices();
  #state = $state.raw<LinkState>();
  #ownStream = $state.raw<MediaStream>();
  #screenStream = $state.raw<MediaStream>();
  #remoteStream = $state.raw<MediaStream>();
  #failure = $state<LinkFailure>();
  #exchange = $state.raw<CallExchange>();
  readonly #quality = new CallQuality((effect) => {
    if (effect.type === "limit-picture") this.#media?.limitPicture(effect.step);
    else this.#exchange?.tellLine(effect.word);
  });
  readonly #post: (message: FromCallPage) => void;
  #media: CallMedia | undefined;
  /** What the background said last of the device's settings. */
  #settings: ToldDevice | undefined;
  /** Whether the background had its line to the server when it last spoke. */
  #wasOnline = true;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #begun = Promise.withResolvers<true>();

  /** `post` reaches the background. */
  constructor(post: (message: FromCallPage) => void) {
    this.#post = post;
  }

  /** Fulfilled once there is time for what is to be seen: while it rings at the other side, else when media flows. */
  get begun(): Promise<true> {
    return this.#begun.promise;
  }

  /** Undefined before the call was told, and where nothing of it is left. */
  get at(): LinkState["phase"]["at"] | undefined {
    return this.#state?.phase.at;
  }

  /** How the media does, as a screen shows it. */
  get shown() {
    const phase = this.#state?.phase;
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

  /** How loud the other side is at the moment, from 0 to 1: asked for again and again where it is shown. */
  get theirVoice(): number {
    return this.#media?.theirVoice ?? 0;
  }

  get microphone(): DeviceState {
    return this.#state?.microphone ?? "asking";
  }

  get camera(): DeviceState {
    return this.#state?.camera ?? "asking";
  }

  /** Whether a key holds the microphone open that is off otherwise. */
  get held(): boolean {
    return this.#state?.held === true && this.microphone === "off";
  }

  get remote(): { camera: boolean; microphone: boolean } {
    return this.#state?.remote ?? { camera: true, microphone: true };
  }

  /** The own screen, as far as it is shown. */
  get screen(): ScreenState {
    return this.#state?.screen ?? NO_SCREEN;
  }

  get screenStream(): MediaStream | undefined {
    return this.#screenStream;
  }

  /** Whether what they send as their picture is their screen. */
  get theirScreen(): boolean {
    return this.#state?.theirScreen ?? false;
  }

  get needsClick(): boolean {
    return this.#state?.needsClick ?? false;
  }

  toggle(device: "camera" | "microphone"): void {
    this.#happened({ type: "switch", device, on: !isWished(this[device]) });
    this.#postWishes();
  }

  /** Opens the microphone, which is off, for as long as a key is held. */
  hold(held: boolean): void {
    this.#happened({ type: "hold", held });
  }

  /** Asks again for each device that could not be had. */
  retryDevices(): void {
    for (const device of ["microphone", "camera"] as const) {
      if (["refused", "missing", "busy"].includes(this[device])) this.#happened({ type: "switch", device, on: true });
    }
  }

  /** Another device serves from now on, and in calls to come; the system's own choice with undefined. */
  chooseDevice(kind: DeviceKind, id: string | undefined): void {
    if (kind === "speaker") void sendCommand({ type: "setDevice", change: { speaker: id ?? null } });
    else this.#media?.choose(kind, id);
  }

  blur(on: boolean): void {
    void sendCommand({ type: "setDevice", change: { backgroundBlur: on } });
  }

  /** In the turn of the person's click: the browser asks them what to show. */
  shareScreen(on: boolean): void {
    this.#happened({ type: "share-screen", on });
  }

  sound(playing: boolean): void {
    this.#happened({ type: "sound", playing });
  }

  /** Of the other side's page. */
  signalled(signal: CallSignal): void {
    this.#happened({ type: "signal", signal });
  }

  /** This call's words, files and quality, of which nothing is there yet. */
  begin(call: CallId): void {
    this.#exchange?.end();
    this.#exchange = new CallExchange(call, {
      line: (word) => this.#quality.heard(word),
      screen: (on) => this.#happened({ type: "their-screen", on }),
      left: () => this.#media?.left(),
      open: () => {
        this.#quality.lineOpen();
        if (this.screen.at === "on") this.#exchange?.tellScreen(true);
      },
    });
    this.#quality.begin();
  }

  /** Nothing of the former call is shown any more. Where its devices were let go already, all begins anew. */
  leave(): void {
    this.#failure = undefined;
    if (this.at !== "over" && this.at !== "failed") return;
    this.#media?.carryOut({ type: "let-go" });
    this.#state = undefined;
  }

  /** Nothing of any call stays. */
  forget(): void {
    clearTimeout(this.#timer);
    this.#exchange?.forget();
    this.#exchange = undefined;
    this.#media?.carryOut({ type: "let-go" });
    this.#state = undefined;
  }

  /** `moved` where the page goes on with this call in the place of its own; `lived` where the two have talked already. */
  told(type: "call" | "moved", told: CallTold, lived: boolean): void {
    const { outgoing, media, state, ticket, wishes } = told;
    this.#heed(told.device);
    const over = state === "ended";
    if (over) this.#exchange?.end();
    const accepted = state === "joining" || state === "live" || state === "reconnecting";
    const event = { accepted, over, lived, media, outgoing, ...(ticket === undefined ? {} : { ticket }) };
    const isLineBack = told.online && !this.#wasOnline;
    this.#wasOnline = told.online;
    if (this.#state !== undefined) {
      this.#happened({ type, ...event });
      if (isLineBack) this.#happened({ type: "line-returned" });
      if (type === "moved") this.#postWishes();
      return;
    }
    this.#media = this.#mediaOf(told);
    this.#take(openLink({ type: "call", ...event, at: Date.now() }, wishes, told.device.relayOnly));
  }

  #mediaOf({ server, device }: CallTold): CallMedia {
    return new CallMedia(server, device, {
      happened: (happening) => this.#happened(happening),
      post: (message) => this.#post(message),
      ownStream: (stream) => (this.#ownStream = stream),
      opened: (open) => this.devices.opened(open),
      chosen: (kind, id) => void sendCommand({ type: "setDevice", change: { [kind]: id ?? null } }),
      noted: (kind, note) => this.devices.note(kind, note),
      mayBeOpen: (kind) => this.#state !== undefined && mayBeOpen(this.#state, kind),
      remoteStream: (stream) => (this.#remoteStream = stream),
      screenStream: (stream) => (this.#screenStream = stream),
      tellScreen: (on) => this.#exchange?.tellScreen(on),
      connectionMade: (pc) => {
        // A page that was loaded again shows no screen any more, and says nothing of it.
        this.#happened({ type: "their-screen", on: false });
        this.#quality.connected();
        this.#exchange?.connect(pc);
      },
      lineLooked: (look) => {
        // What is measured on a line that carries nothing tells nothing of how wide it is.
        if (this.#state?.phase.at === "live") this.#quality.looked(look, this.#state);
      },
      isSending: () => this.remote.camera || this.remote.microphone,
      wantsVoice: () => this.#state !== undefined && this.#quality.wantsVoice(this.#state),
    });
  }

  /** The settings may be changed on another page as well. What this page changed is told of when it is so already. */
  #heed(settings: ToldDevice): void {
    const former = this.#settings;
    this.#settings = settings;
    this.devices.told(settings);
    if (former === undefined) return;
    for (const kind of ["camera", "microphone"] as const) {
      if (former[kind] !== settings[kind] && this.#media?.chosen(kind) !== settings[kind]) {
        this.#media?.choose(kind, settings[kind]);
      }
    }
    if (former.backgroundBlur !== settings.backgroundBlur) this.#media?.blur(settings.backgroundBlur);
  }

  /** For a page that is loaded again in the place of this one. */
  #postWishes(): void {
    if (this.#state !== undefined) this.#post({ type: "wishes", wishes: wishesOf(this.#state) });
  }

  #happened(happening: LinkHappening): void {
    if (this.#state !== undefined) this.#take(updateLink(this.#state, { ...happening, at: Date.now() }));
  }

  #take({ state, effects }: Step<LinkState, LinkEffect>): void {
    const isBack = this.at === "interrupted" && state.phase.at === "live";
    this.#state = state;
    if (state.phase.at === "failed") this.#failure ??= state.phase.why;
    if (isBack) {
      this.#quality.returned();
      this.#media?.returned();
    }
    for (const effect of effects) this.#media?.carryOut(effect);
    const isConnecting = ["waiting", "registering", "linking"].includes(state.phase.at);
    if (state.outgoing || !isConnecting) this.#begun.resolve(true);
    clearTimeout(this.#timer);
    const due = linkDue(this.#state);
    if (due === undefined) return;
    this.#timer = setTimeout(() => this.#happened({ type: "due" }), Math.max(0, due - Date.now()));
  }
}

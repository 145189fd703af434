import { CallId, decodeCallSignal, type Media, talkedSeconds } from "#protocol";
import * as v from "valibot";
import type { CallEnd } from "../core/view.ts";
import type { Problem } from "../messaging/commands.ts";
import { CALL_PORT, type FromCallPage, ToCallPage } from "../messaging/call-port.ts";
import { LastingPort } from "../messaging/page.ts";
import { callPageUrl } from "../messaging/pages.ts";
import { CallLink, type CallTold } from "./call-link.svelte.ts";
import { pictureWindow } from "./picture-window.svelte.ts";

/** The page of one call: what the background says of the call, and this page's media of it. */
class CallPage {
  readonly link = new CallLink((message) => this.#post(message));
  #told = $state.raw<CallTold>();
  /** Why there is no call here to show. */
  #without = $state<"unknown" | "elsewhere">();
  #notCalled = $state<Problem>();
  /** Which call this page shows. */
  #call: CallId | undefined;
  /** Set from the word that this page goes on with another call until that call is told. */
  #isMoving = false;
  #port: LastingPort | undefined;

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
        return { at: told.state, reason: (told.reason ?? "failed") as CallEnd, seconds: told.seconds };
      default:
        return { at: told.state };
    }
  }

  /** Why the last call again was not placed. */
  get notCalled(): Problem | undefined {
    return this.#notCalled;
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
    const fresh = this.link.at === undefined;
    if (this.#call !== undefined) port.post({ type: "here", call: this.#call, fresh } satisfies FromCallPage);
    const at = this.#isMoving ? undefined : this.link.at;
    if (at === "live") port.post({ type: "media-connected" } satisfies FromCallPage);
    if (at === "interrupted") port.post({ type: "media-interrupted" } satisfies FromCallPage);
    if (at === "failed") port.post({ type: "media-failed" } satisfies FromCallPage);
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
        if (signal !== undefined) this.link.signalled(signal);
        break;
      }
      case "toggle-microphone":
        this.link.toggle("microphone");
        break;
      case "toggle-picture":
        if (this.phase.at === "live") pictureWindow.toggle();
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
    this.#begin(call);
    this.#isMoving = true;
    history.replaceState(null, "", callPageUrl(call));
    this.#post({ type: "here", call, fresh: false });
  }

  #begin(call: CallId): void {
    this.#call = call;
    this.link.begin(call);
  }

  /** Nothing of the former call is shown any more. */
  #leave(): void {
    this.#told = undefined;
    this.#without = undefined;
    this.#notCalled = undefined;
    this.link.leave();
  }

  #callTold(told: CallTold): void {
    const type = this.#isMoving ? "moved" : "call";
    if (this.#isMoving) this.#leave();
    this.#isMoving = false;
    const since = told.since ?? this.#told?.since;
    this.#told = told;
    this.link.told(type, told, since !== undefined);
  }

  /** The background lost the call; what was shown of its end stays. */
  #forgotten(): void {
    const told = this.#told;
    // What it was to go on with is over already.
    if (this.#isMoving) this.#forget();
    else if (told === undefined) this.#without = "unknown";
    else if (told.state !== "ended") this.#callTold({ ...told, state: "ended", reason: "lost", ...talked(told) });
  }

  /** Nothing of any call stays. */
  #forget(): void {
    this.link.forget();
    this.#told = undefined;
    this.#without = "unknown";
  }
}

/** Its length, where nobody else counts it any more. */
function talked({ since }: CallTold): Pick<CallTold, "seconds"> {
  return since === undefined ? {} : { seconds: talkedSeconds(since, Date.now()) };
}

export const callPage = new CallPage();

import { dirname, join } from "node:path";

export interface ChromiumOptions {
  /**
   * `fake` (the default) is a moving picture and a beep, allowed without a question; `refused` is not allowed, `missing`
   * is the beep alone, and `several` are three of `fake`, of which the second gives nothing
   * that can be sent. Of pretended microphones and speakers there are always two.
   */
  readonly camera?: "fake" | "several" | "refused" | "missing" | "real";
  /** What the pretended microphone gives instead of the beep: a voice that never ends, or nothing at all. */
  readonly microphone?: "voice" | "nothing";
  /**
   * The sound system whose microphones and speakers are the browser's, allowed without a question; nothing is pretended then,
   * and there is a camera only where the machine has one.
   */
  readonly sound?: string;
  /** The program that starts Chromium with the same arguments, instead of Chromium itself. */
  readonly program?: string;
  /**
   * Invite links open by themselves, as if the person had allowed it: no program can answer the browser's question. The
   * extension is told of it as it is told of a permission that was asked for.
   */
  readonly seesLinks?: boolean;
  /** The person has switched the extension's notifications off in the browser. */
  readonly notifications?: "off";
  /** The folder of another build than the usual one. */
  readonly build?: string;
  /** Leaves the tab open that welcomes people after the installation; else it is closed. */
  readonly welcomed?: boolean;
  /** Takes every server's certificate for good. */
  readonly trustsAnyone?: boolean;
  /** Shows no window; the default. */
  readonly headless?: boolean;
  /** Nothing is heard of it. */
  readonly muted?: boolean;
  /** Ends this process and the browser at once on a signal; the default. Else whoever launches closes it. */
  readonly diesOfSignals?: boolean;
  readonly window?: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
}

/** The sound of the pretended microphone, beside the extension. */
export function microphoneFile(folder: string): string {
  return join(dirname(folder), "microphone.wav");
}

const CAMERAS = { fake: 1, several: 3, refused: 1, missing: 0 } as const;

/** The command line of a Chromium with the extension in `folder`. */
export function argumentsFor(folder: string, options: ChromiumOptions): string[] {
  const { camera = "fake", sound, muted = false, trustsAnyone = false, window } = options;
  return [
    `--disable-extensions-except=${folder}`,
    `--load-extension=${folder}`,
    "--lang=en-US",
    "--no-first-run",
    "--test-type",
    // A machine may have no internet, and none of this is asked for.
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    ...(camera === "real" || sound !== undefined
      ? []
      : [`--use-fake-device-for-media-stream=device-count=${CAMERAS[camera]}`]),
    ...(camera === "real" || camera === "refused" ? [] : ["--use-fake-ui-for-media-stream"]),
    ...(options.microphone === undefined ? [] : [`--use-file-for-fake-audio-capture=${microphoneFile(folder)}`]),
    ...(muted ? ["--mute-audio"] : []),
    ...(trustsAnyone ? ["--ignore-certificate-errors"] : []),
    ...(window === undefined
      ? []
      : [
          `--window-position=${String(window.x)},${String(window.y)}`,
          `--window-size=${String(window.width)},${String(window.height)}`,
        ]),
  ];
}

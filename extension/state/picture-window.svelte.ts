/** A window of its own for what a page writes into it, which stays above all others. Not in the types yet. */
interface DocumentPictures {
  requestWindow: (size: { width: number; height: number }) => Promise<Window>;
}

/** Wide enough for the controls. */
const SIZE = { width: 360, height: 260 };

/** How the browser keeps a picture in sight: a window with controls, the picture alone, or not by our asking. */
export type PictureWay = "window" | "video";

/** The picture of a call in a small window, above whatever else the person does. */
class PictureWindow {
  #window = $state.raw<Window>();
  #isVideoOut = $state(false);

  /** What to draw in; undefined where it is closed, or shows the picture alone. */
  get window(): Window | undefined {
    return this.#window;
  }

  get isOpen(): boolean {
    return this.#window !== undefined || this.#isVideoOut;
  }

  get way(): PictureWay | undefined {
    if (pictures() !== undefined) return "window";
    // An older Firefox has a button of its own over pictures and no way to ask for it.
    return "pictureInPictureEnabled" in document && document.pictureInPictureEnabled ? "video" : undefined;
  }

  /** In the turn of the person's click or key, wherever that was. */
  toggle(video?: HTMLVideoElement): void {
    if (this.isOpen) this.close();
    else void this.open(video);
  }

  /** In the turn of the person's click, or where the browser itself asks for it. `video`: what is shown alone, if need be. */
  async open(video: HTMLVideoElement | undefined): Promise<void> {
    if (this.isOpen) return;
    const inWindow = pictures();
    const isAway = document.hidden;
    try {
      if (inWindow !== undefined) this.#hold(await inWindow.requestWindow(SIZE), isAway);
      else if (video !== undefined) await this.#takeOut(video);
    } catch (error) {
      // Without a click, while another one opens, or by a rule of the browser's.
      if (!(error instanceof DOMException)) throw error;
    }
  }

  close(): void {
    this.#window?.close();
    this.#window = undefined;
    if (this.#isVideoOut) document.exitPictureInPicture().catch(() => undefined);
  }

  /**
   * From now on it opens by itself when the person leaves the tab, as far as the browser lets it, until what is returned is
   * called. See docs/decisions/0018.
   */
  follow(): () => void {
    const open = () => void this.open(undefined);
    const left = () => {
      // Refused where the person did nothing in the page for some seconds.
      if (document.hidden) open();
    };
    onBrowserAsks(open);
    document.addEventListener("visibilitychange", left);
    return () => {
      onBrowserAsks(null);
      document.removeEventListener("visibilitychange", left);
    };
  }

  /** One that was opened for an absence closes with its end. */
  #hold(opened: Window, isForAbsence: boolean): void {
    const gone = new AbortController();
    const look = () => {
      // While the window opens, Firefox shows the tab behind it for a moment, without the focus.
      if (isForAbsence && !document.hidden && document.hasFocus()) opened.close();
    };
    this.#window = opened;
    opened.addEventListener("pagehide", () => {
      gone.abort();
      if (this.#window === opened) this.#window = undefined;
    });
    document.addEventListener("visibilitychange", look, { signal: gone.signal });
    addEventListener("focus", look, { signal: gone.signal });
    look();
  }

  async #takeOut(video: HTMLVideoElement): Promise<void> {
    await video.requestPictureInPicture();
    this.#isVideoOut = true;
    video.addEventListener("leavepictureinpicture", () => (this.#isVideoOut = false), { once: true });
  }
}

/** What to do when the browser asks for it: on the person's leaving the tab, or by its own controls of what plays. */
function onBrowserAsks(open: (() => void) | null): void {
  try {
    // Not in the types yet.
    navigator.mediaSession.setActionHandler("enterpictureinpicture" as MediaSessionAction, open);
  } catch (error) {
    // A browser that knows no such act.
    if (!(error instanceof TypeError)) throw error;
  }
}

function pictures(): DocumentPictures | undefined {
  return (globalThis as { documentPictureInPicture?: DocumentPictures }).documentPictureInPicture;
}

export const pictureWindow = new PictureWindow();

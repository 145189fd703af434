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
    // Firefox puts a button of its own over pictures and has no way to ask for it.
    return "pictureInPictureEnabled" in document && document.pictureInPictureEnabled ? "video" : undefined;
  }

  /** In the turn of the person's click, or where the browser itself asks for it. `video`: what is shown alone, if need be. */
  async open(video: HTMLVideoElement | undefined): Promise<void> {
    if (this.isOpen) return;
    const inWindow = pictures();
    try {
      if (inWindow !== undefined) this.#hold(await inWindow.requestWindow(SIZE));
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

  /** Has the browser open it when the person leaves the tab during a talk, where it does such; or no longer. */
  openByItself(open: (() => void) | null): void {
    try {
      // Not in the types yet.
      navigator.mediaSession.setActionHandler("enterpictureinpicture" as MediaSessionAction, open);
    } catch (error) {
      // A browser that knows no such act.
      if (!(error instanceof TypeError)) throw error;
    }
  }

  #hold(opened: Window): void {
    this.#window = opened;
    opened.addEventListener("pagehide", () => {
      if (this.#window === opened) this.#window = undefined;
    });
  }

  async #takeOut(video: HTMLVideoElement): Promise<void> {
    await video.requestPictureInPicture();
    this.#isVideoOut = true;
    video.addEventListener("leavepictureinpicture", () => (this.#isVideoOut = false), { once: true });
  }
}

function pictures(): DocumentPictures | undefined {
  return (globalThis as { documentPictureInPicture?: DocumentPictures }).documentPictureInPicture;
}

export const pictureWindow = new PictureWindow();

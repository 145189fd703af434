import { browser } from "wxt/browser";
import type { Badge } from "../core/outward-types.ts";
import type { MessageKey, Text } from "../locales/text.ts";

interface Look {
  text: string;
  color: string;
  title: MessageKey;
}

const MISSED_COLOR = "#c4262e";
const REQUESTS_COLOR = "#4b45c6";

/** Each state by shape as well as by colour; the words are in the button's tooltip. */
const looks: Record<Badge["state"], Look> = {
  "signed-out": { text: "", color: "#6b6e7a", title: "app.promise" },
  offline: { text: "–", color: "#6b6e7a", title: "availability.offline" },
  available: { text: "●", color: "#137a45", title: "availability.available" },
  away: { text: "◐", color: "#a86a00", title: "availability.away" },
  dnd: { text: "⊘", color: "#c4262e", title: "availability.dnd" },
  invisible: { text: "○", color: "#6b6e7a", title: "availability.invisible" },
  ringing: { text: "☎", color: "#137a45", title: "ringing.region" },
  "in-call": { text: "■", color: "#4b45c6", title: "availability.busy" },
};

/** The toolbar button's badge and tooltip. */
export class ToolbarBadge {
  #shown = "";
  /** Undefined until the first comparison. */
  #wanted: Badge | undefined;
  #isTrial = false;
  readonly #text: Text;

  constructor(text: Text) {
    this.#text = text;
  }

  show(wanted: Badge): void {
    this.#wanted = wanted;
    if (!this.#isTrial) this.#draw(wanted);
  }

  /** Says for so long that it rings, and tells whether it did and whether the person can see it. Never rejects. */
  async test(forMs: number): Promise<{ shown: boolean; isPinned?: boolean }> {
    this.#isTrial = true;
    this.#draw({ state: "ringing", missed: 0 });
    await new Promise((resolve) => setTimeout(resolve, forMs));
    const text = await action.getBadgeText({}).catch(() => undefined);
    this.#isTrial = false;
    if (this.#wanted !== undefined) this.#draw(this.#wanted);
    return { shown: text === looks.ringing.text, ...(await readPinned()) };
  }

  #draw({ state, missed, requests = 0 }: Badge): void {
    const look = looks[state];
    const urgent = state === "ringing" || state === "in-call";
    const counted = missed > 0 && !urgent && state !== "signed-out";
    // Quieter than all that: who cannot be reached must see so first.
    const asked = requests > 0 && !counted && !urgent && state !== "offline" && state !== "signed-out";
    const text = counted ? countOf(missed) : asked ? `+${countOf(requests)}` : look.text;
    const key = `${state} ${text} ${String(requests)} ${this.#text.locale}`;
    if (key === this.#shown) return;
    this.#shown = key;
    const words = [this.#text.t("app.name"), this.#text.t(look.title)];
    if (counted) words.push(this.#text.t("missed.count", { count: missed }));
    if (requests > 0) words.push(this.#text.t("request.count", { count: requests }));
    void action.setBadgeText({ text });
    void action.setBadgeBackgroundColor({ color: counted ? MISSED_COLOR : asked ? REQUESTS_COLOR : look.color });
    void action.setBadgeTextColor({ color: "#ffffff" });
    void action.setTitle({ title: words.join(" · ") });
  }
}

/** Whether it stands at the toolbar itself; nothing where the browser is too old to tell. */
async function readPinned(): Promise<{ isPinned?: boolean }> {
  try {
    return { isPinned: (await action.getUserSettings()).isOnToolbar };
  } catch {
    return {};
  }
}

function countOf(count: number): string {
  return count > 99 ? "99+" : String(count);
}

/** Manifest V2, which Firefox has, calls it by another name; what we use of it is the same. */
export const action = import.meta.env.FIREFOX
  ? (browser.browserAction as unknown as typeof browser.action)
  : browser.action;

import { mount, unmount } from "svelte";
import "../../../extension/components/tokens.css";
import "../../../extension/components/picture-room.css";
import { createText, localeOf } from "../../../extension/locales/text.ts";
import Gallery from "./Gallery.svelte";
import { MANY_SCENES } from "./many-scenes.ts";
import { stopPictures } from "./picture.ts";
import { SCENES } from "./scenes.ts";

/**
 * Draws the scene of the address, `?locale=<en|ja>#<name>`; another `#<name>` changes to it in place, as news from the
 * background would. What the person asks for is noted in the body's `data-asked`.
 */
const target = document.getElementById("app");
if (target === null) throw new Error("The page has no #app");
const text = createText(localeOf(new URLSearchParams(location.search).get("locale") ?? "en"));
document.documentElement.lang = text.locale;
const asked: string[] = [];

const options = {
  target,
  props: {
    text,
    sceneNamed: (name: string) => SCENES[name] ?? MANY_SCENES[name],
    note: (name: string) => {
      asked.push(name);
      document.body.dataset["asked"] = asked.join(" ");
    },
  },
};
let opened = mount(Gallery, options);

/** Draws a scene as it is where the page is opened on it, without the time that a page takes to open. */
async function openAnew(name: string): Promise<void> {
  await unmount(opened);
  stopPictures();
  asked.length = 0;
  delete document.body.dataset["asked"];
  document.documentElement.removeAttribute("style");
  scrollTo(0, 0);
  // Nobody is told of this change of the address.
  history.replaceState(null, "", `#${name}`);
  opened = mount(Gallery, options);
}

Object.assign(window, { openAnew });

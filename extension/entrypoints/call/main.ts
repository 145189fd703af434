import "../../components/tokens.css";
import "../../components/picture-room.css";
import { loadPeerJs } from "../../media/peer-link.ts";
import { callPage } from "../../state/call-page.svelte.ts";

/** Where it takes longer to reach the other side, the screen comes before. To draw it takes a fifth of that, and keeps the page from connecting. */
const SCREEN_WITHIN_MS = 250;

// Somebody waits on the other side: what asks for the camera and connects goes before what is to be seen.
callPage.open(location.search);
loadPeerJs().catch(() => undefined);
void Promise.race([callPage.link.begun, new Promise((resolve) => setTimeout(resolve, SCREEN_WITHIN_MS))]).then(
  () => import("./screen.ts"),
);

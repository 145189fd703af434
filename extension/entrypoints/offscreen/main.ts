import { createRing } from "../../shell/ringer.ts";

// Rings for as long as this document lives. It ends with its ring by itself as well, should nobody be left to close it. [CALL-7]
const until = Number(new URLSearchParams(location.search).get("until"));
void createRing().play();
setTimeout(() => window.close(), until - Date.now());

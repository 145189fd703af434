import { RING_MS } from "#protocol";
import { createRing } from "../../shell/ringer.ts";

// Rings for as long as this document lives. It ends by itself as well, should nobody be left to close it. [CALL-7]
void createRing().play();
setTimeout(() => window.close(), RING_MS);

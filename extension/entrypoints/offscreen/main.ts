import { answerHowItRings, readRing } from "../../shell/ring-document.ts";
import { playRing } from "../../shell/ring-sound.ts";

// Rings for as long as this document lives. It ends with its ring by itself as well, should nobody be left to close it. [CALL-7]
const { until, sound } = readRing(location.search);
answerHowItRings(playRing(sound).then(({ heard }) => heard));
setTimeout(() => window.close(), until - Date.now());

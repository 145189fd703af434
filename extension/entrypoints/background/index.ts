import { defineBackground } from "wxt/utils/define-background";
import { startBackground } from "../../shell/background.ts";

export default defineBackground({ type: { chrome: "module" }, main: startBackground });

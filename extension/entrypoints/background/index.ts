import { defineBackground } from "wxt/utils/define-background";

export default defineBackground({ type: { chrome: "module" }, main() {} });

import { mount } from "svelte";
import { appView } from "../../state/app-view.svelte.ts";
import { callPage } from "../../state/call-page.svelte.ts";
import App from "./App.svelte";

const target = document.getElementById("app");
if (target === null) throw new Error("The page has no #app");
appView.follow();
callPage.link.devices.follow();
mount(App, { target });

import { mount } from "svelte";
import "../../components/tokens.css";
import { appView } from "../../state/app-view.svelte.ts";
import { speakers } from "../../state/speakers.svelte.ts";
import App from "./App.svelte";

const target = document.getElementById("app");
if (target === null) throw new Error("The page has no #app");
appView.follow();
speakers.follow();
mount(App, { target });

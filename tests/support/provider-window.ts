import { OIDC_CALLBACK_PATH } from "#protocol";
import type { Page } from "playwright-core";
import { startOf } from "./oidc-extension.ts";
import type { Person } from "./people.ts";
import { untilGone } from "./until-gone.ts";

/** Where a provider leads back to a server. */
export async function callbackOf(server: string): Promise<string> {
  return new URL(OIDC_CALLBACK_PATH, await startOf(server)).href;
}

/** Does something, and answers with the window that the browser opens for it. */
export async function windowOf(person: Person, act: () => Promise<void>): Promise<Page> {
  const opened = person.browser.context.waitForEvent("page");
  await act();
  return opened;
}

/** Signs in with the provider's own form. */
export async function enter(window: Page, login: string): Promise<void> {
  await window.getByPlaceholder("Enter any login").fill(login);
  await window.getByPlaceholder("and password").fill("anything");
  await window.getByRole("button", { name: "Sign-in" }).click();
}

/** Signs in, and agrees that Beckon may know who it is, as a provider asks at the first time. */
export async function through(window: Page, login: string): Promise<void> {
  await enter(window, login);
  await untilGone(window, () => window.getByRole("button", { name: "Continue" }).click());
}

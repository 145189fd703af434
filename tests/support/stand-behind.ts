/** Runs in a page before its own code: the page is behind others, until {@link comeToFront}. */
export function standBehind(): void {
  Object.defineProperty(document, "visibilityState", { configurable: true, get: () => "hidden" });
}

/** Runs in a page that stood behind others. */
export function comeToFront(): void {
  Reflect.deleteProperty(document, "visibilityState");
  document.dispatchEvent(new Event("visibilitychange"));
}

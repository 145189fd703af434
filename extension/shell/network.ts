/**
 * Tells each time that the network has returned. Chrome's workers hear no `online`, in spite of the standard: they hear that
 * the connection changed. Firefox, whose background is a page, knows no connection and hears `online`.
 */
export function watchNetwork(returned: () => void): void {
  let wasOnline = navigator.onLine;
  const look = () => {
    const isOnline = navigator.onLine;
    // The connection changes with each new estimate of its speed as well.
    if (isOnline && !wasOnline) returned();
    wasOnline = isOnline;
  };
  for (const event of ["online", "offline"]) self.addEventListener(event, look);
  connectionOf(navigator)?.addEventListener("change", look);
}

/** The Network Information API, which TypeScript does not know since only Chrome has it. */
function connectionOf(from: Navigator & { connection?: EventTarget }): EventTarget | undefined {
  return from.connection;
}

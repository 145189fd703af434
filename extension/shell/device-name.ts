/** What this device is called among its user's own: "Chrome on Windows", from what the browser says of itself. */
export function deviceName(): string {
  const agent = navigator.userAgent;
  const browserName = /Firefox\//.test(agent) ? "Firefox" : /Edg\//.test(agent) ? "Edge" : "Chrome";
  const systems = { Android: "Android", "Mac OS": "macOS", Windows: "Windows", CrOS: "ChromeOS", Linux: "Linux" };
  const system = Object.entries(systems).find(([mark]) => agent.includes(mark))?.[1];
  return system === undefined ? browserName : `${browserName} on ${system}`;
}

/** Gives the person a file to keep, as the browser keeps downloads. */
export function saveFile(name: string, content: string): void {
  const url = URL.createObjectURL(new Blob([content], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The browser has taken it by then; a page that goes on must not hold it for ever.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

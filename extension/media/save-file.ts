/** Hands a file to the person's downloads, under this name. The browser copies it from disk to disk. */
export function saveFile(file: File, name: string): void {
  const link = document.createElement("a");
  // Held until the page goes: the browser says nothing of when it has read it.
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
}

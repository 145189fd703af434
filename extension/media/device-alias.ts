/** Chromium names the system's choice a second time; without a permission every device goes by no name. */
export function isAlias(id: string): boolean {
  return id === "" || id === "default" || id === "communications";
}

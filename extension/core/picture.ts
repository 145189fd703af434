/** Where a picture is got, by its path on the server; undefined for what is no path of that server. */
export function pictureUrl(origin: string, path: string | undefined): string | undefined {
  // Two slashes, or a slash and a backslash, would lead to another machine.
  return path !== undefined && /^\/[\w-][\w./-]*$/.test(path) ? origin + path : undefined;
}

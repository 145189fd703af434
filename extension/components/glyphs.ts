/** The icons that rows of a list use. */
export type GlyphName = "bell" | "bell-ring" | "ellipsis" | "phone" | "video";

/** What an icon is found by in the page. */
export function glyphId(name: GlyphName): string {
  return `glyph-${name}`;
}

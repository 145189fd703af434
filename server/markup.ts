/** HTML that may stand in a page or a mail as it is. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
}

/** A template of HTML in which every value is text, unless it was made by a template itself. `false` is nothing. */
export function html(parts: TemplateStringsArray, ...values: (string | Markup | false)[]): Markup {
  const written = values.map((value) => (value instanceof Markup ? value.text : value === false ? "" : escaped(value)));
  return new Markup(parts.map((part, at) => part + (written[at] ?? "")).join(""));
}

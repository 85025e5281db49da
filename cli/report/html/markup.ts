/** Text that is already HTML. The {@link html} tag inserts it unchanged and escapes all other values. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type MarkupPart = Markup | string | number | null | readonly MarkupPart[];

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const toHtmlText = (part: MarkupPart): string => {
  if (part === null) return '';
  if (part instanceof Markup) return part.text;
  if (Array.isArray(part)) return part.map(toHtmlText).join('');
  return String(part).replace(/[&<>"']/g, (character) => ENTITIES[character] as string);
};

/** A template tag for HTML. It escapes all inserted values except {@link Markup}, and inserts nothing for null. */
export function html(strings: TemplateStringsArray, ...parts: MarkupPart[]): Markup {
  return new Markup(
    strings.map((text, i) => text + (i < parts.length ? toHtmlText(parts[i] as MarkupPart) : '')).join(''),
  );
}

/** Returns JSON for a script element, escaped so that no text in the JSON can close the element. */
export function json(value: unknown): Markup {
  return new Markup(JSON.stringify(value).replaceAll('<', '\\u003c'));
}

/** Text that is HTML already; everything else is escaped where {@link html} takes it up. */
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

const written = (part: MarkupPart): string => {
  if (part === null) return '';
  if (part instanceof Markup) return part.text;
  if (Array.isArray(part)) return part.map(written).join('');
  return String(part).replace(/[&<>"']/g, (character) => ENTITIES[character] as string);
};

/** A template of HTML: what is put in is escaped, unless it is markup itself; null is nothing. */
export function html(strings: TemplateStringsArray, ...parts: MarkupPart[]): Markup {
  return new Markup(
    strings.map((text, i) => text + (i < parts.length ? written(parts[i] as MarkupPart) : '')).join(''),
  );
}

/** JSON that nothing in it can end the script element around. */
export function json(value: unknown): Markup {
  return new Markup(JSON.stringify(value).replaceAll('<', '\\u003c'));
}

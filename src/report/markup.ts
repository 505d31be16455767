import { plainText } from '../kernel/plain-text.ts';

/** HTML or SVG. Only `markup` and `trustedMarkup` make it, so text from outside is always escaped. */
class Markup {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

export type { Markup };

type Part = string | number | Markup | undefined | readonly Markup[];

/** A template of HTML or SVG. It escapes each text that stands in it; attributes need double quotes. */
export function markup(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return new Markup(strings.map((text, index) => `${text}${index < parts.length ? show(parts[index]) : ''}`).join(''));
}

/** Text that Drillbook itself wrote, such as a style sheet. */
export function trustedMarkup(text: string): Markup {
  return new Markup(text);
}

function show(part: Part): string {
  if (part === undefined) return '';
  if (part instanceof Markup) return part.toString();
  return typeof part === 'object' ? part.join('') : escapeMarkup(String(part));
}

/** Text from outside as text of XML or HTML, without characters that XML 1.0 forbids or that steer a terminal. */
export function escapeMarkup(text: string): string {
  return plainText(text)
    .replaceAll(/[\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '?')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

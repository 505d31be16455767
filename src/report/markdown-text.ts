import { oneLine } from '../kernel/plain-text.ts';

/**
 * Escapes text from a runbook or a container, so that none of it acts as Markdown or HTML.
 * GitHub links people and issues after it has read the Markdown, so a zero-width space follows each `@` and `#`.
 */
export function markdownText(text: string): string {
  return oneLine(text, 500)
    .replaceAll(/[\\`*_{}[\]()#+!|<>&~@:$]|^[-=]|(?<=^\d+|www)\./gi, (character) => `&#${character.codePointAt(0)};`)
    .replaceAll(/&#(?:35|64);/g, '$&&#8203;');
}

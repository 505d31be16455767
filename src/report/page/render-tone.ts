import { markup, type Markup } from '../markup.ts';
import type { Tone } from './time-panel.ts';

/** A color alone says nothing to some readers. */
export const signs: Readonly<Record<Tone, string>> = { plain: '', good: '✓', bad: '✗', unclear: '?', fault: '⚡' };

/** A text after its sign. */
export function withSign(tone: Tone, text: string): string {
  return `${signs[tone]} ${text}`.trimStart();
}

/** A short text with a sign and a color. */
export function renderTone(tone: Tone, text: string): Markup {
  return markup`<span class="tone ${tone}">${withSign(tone, text)}</span>`;
}

import { markup, type Markup } from '../markup.ts';
import type { Tone } from './time-panel.ts';

const signs: Readonly<Record<Tone, string>> = { plain: '', good: '✓', bad: '✗', unclear: '?', fault: '⚡' };

/** A short text with a sign and a color. */
export function renderTone(tone: Tone, text: string): Markup {
  return markup`<span class="tone ${tone}">${signs[tone]} ${text}</span>`;
}

/** Control characters, line separators except the line feed, and characters that change the writing direction. */
const steering = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/**
 * Makes text from a container, a runbook or a file harmless for a terminal, a log or a page. A character that could
 * control a terminal or a CI runner is shown by its number. Line ends stay.
 */
export function plainText(text: string): string {
  return withoutCommands(text.replace(steering, (character) => (character === '\t' ? '  ' : numbered(character))));
}

/** The same as one line, cut to a length. */
export function oneLine(text: string, longest = 200): string {
  const line = linesOf(text).join(' ');
  return line.length > longest ? `${line.slice(0, longest - 1)}…` : line;
}

/**
 * Disarms workflow commands of GitHub's runner: `::` at the begin of a line, after any blanks, and `##[` anywhere.
 * Needed
 * again for text that is composed of harmless parts.
 * @see https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs
 */
export function withoutCommands(text: string): string {
  return text
    .replaceAll('##[', `#${numbered('#')}[`)
    .replace(
      /^((?:[^\S\n]|[\u00ad\u200b-\u200d\u2060\ufeff])*):(?=[\u00ad\u200b-\u200d\u2060\ufeff]*:)/gm,
      `$1${numbered(':')}`,
    );
}

/** The lines of a text that are not blank, trimmed and made harmless. */
export function linesOf(text: string): readonly string[] {
  return plainText(text)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

function numbered(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

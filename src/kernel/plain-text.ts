/** Control characters, line separators that are no line feed, and characters that turn the direction of writing. */
const steering = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/**
 * Text that came out of a container, a runbook or a file, made harmless for a terminal, a log or a page: what could steer
 * a reader or a CI runner is shown by its number, line ends stay.
 */
export function plainText(text: string): string {
  return withoutCommands(text.replace(steering, (character) => (character === '\t' ? '  ' : numbered(character))));
}

/** The same on one line, cut to a length. */
export function oneLine(text: string, longest = 200): string {
  const line = linesOf(text).join(' ');
  return line.length > longest ? `${line.slice(0, longest - 1)}…` : line;
}

/**
 * GitHub's runner obeys a line that begins with `::`, whatever blanks stand before it, and `##[` wherever it stands.
 * For text put together of parts that are harmless one by one.
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

/** The lines of a text that say something, trimmed and made harmless. */
export function linesOf(text: string): readonly string[] {
  return plainText(text)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

function numbered(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

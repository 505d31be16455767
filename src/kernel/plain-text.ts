/**
 * Text that came out of a container or a runbook, made harmless for a terminal, a log or a page: control characters and
 * those that turn the direction of writing are shown by their number, line ends stay.
 */
export function plainText(text: string): string {
  return text.replace(
    /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
    (character) => (character === '\t' ? '  ' : `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`),
  );
}

/** The same on one line, cut to a length. */
export function oneLine(text: string, longest = 200): string {
  const line = plainText(text)
    .replaceAll(/\s*\n\s*/g, ' ')
    .trim();
  return line.length > longest ? `${line.slice(0, longest - 1)}…` : line;
}

/** The line of an output that says what went wrong, else its last one. */
export function tellingLine(output: string): string {
  const lines = plainText(output)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const error = lines.find((line) =>
    /^(?:\S*(?:Error|error|ERR!?))\b|: (?:command )?not found$|^(?:Usage|fatal)|\berror:/.test(line),
  );
  return error ?? lines.at(-1) ?? '';
}

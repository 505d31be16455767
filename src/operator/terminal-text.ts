const escapes =
  /\u009b[0-?]*[ -/]*[@-~]|\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[PX^_][^\u001b]*(?:\u001b\\)?|[ -/]*[0-~])/g;
const controls = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g;

/** A return to the begin of the line that also erases it, as a spinner does before each frame. */
const erased = /\u001b\[1?G\u001b\[0?K/;

/** A terminal's output as a person would read it: no escape sequences, no control characters, plain line ends. */
export function readTerminal(raw: string): string {
  return raw
    .split('\n')
    .map((line) => line.split(erased).at(-1) ?? '')
    .join('\n')
    .replace(escapes, '')
    .replace(/\r+\n?/g, lineEnds)
    .replace(controls, '');
}

/** Several carriage returns before a line feed end one line. */
function lineEnds(returns: string): string {
  return '\n'.repeat(returns.endsWith('\n') ? 1 : returns.length);
}

/** The last lines of a text without blank lines at its ends, cut to a length that fits a report. */
export function lastLines(text: string, lines: number, characters: number): string {
  const kept = text.trim().split('\n').slice(-lines).join('\n');
  return kept.length > characters ? kept.slice(-characters) : kept;
}

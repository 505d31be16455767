const escapes =
  /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[PX^_][^\u001b]*(?:\u001b\\)?|[ -/]*[0-~])/g;
const controls = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g;

/** What a person would read of a terminal's output: no escape sequences, no control characters, plain line ends. */
export function readTerminal(raw: string): string {
  return raw.replace(escapes, '').replaceAll(/\r+\n/g, '\n').replaceAll('\r', '\n').replace(controls, '');
}

/** The last lines of a text, blank ones at its ends left out, cut to a length that fits a report. */
export function lastLines(text: string, lines: number, characters: number): string {
  const kept = text.trim().split('\n').slice(-lines).join('\n');
  return kept.length > characters ? kept.slice(-characters) : kept;
}

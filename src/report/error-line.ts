import { linesOf } from '../kernel/plain-text.ts';

/** How npm, Node.js, bash, Docker and Redis begin or end a line that names an error. */
const namesAnError = /^(?:npm )?\S*(?:Error|error|ERR!?)\b|: (?:command )?not found$|^(?:Usage|fatal)|\berror:/;

/** The first line of a command's output that names an error, otherwise its last line; empty if there is no output. */
export function errorLine(output: string): string {
  const lines = linesOf(output);
  return lines.find((line) => namesAnError.test(line)) ?? lines.at(-1) ?? '';
}

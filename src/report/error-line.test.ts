import { expect, test } from 'vitest';

import { withinTime } from '../kernel/within-time.ts';
import { errorLine } from './error-line.ts';

test.each([
  [
    'npm error could not determine executable to run\nnpm error A complete log of this run can be found in: x',
    'npm error could not determine executable to run',
  ],
  ['at x\nError: Queue name cannot contain :\n  at y', 'Error: Queue name cannot contain :'],
  ['bash: line 1: frobnicate: command not found\ndone', 'bash: line 1: frobnicate: command not found'],
  ['npm warn deprecated\nnothing special', 'nothing special'],
  ['', ''],
])('picks from %j the line %j', (output, line) => {
  expect(errorLine(output)).toBe(line);
});

test.each([
  ['blanks', ' '.repeat(300_000)],
  ['line ends', '\n'.repeat(300_000)],
])('reads an output of many %s in time', (_, text) => {
  expect(withinTime('it', 2000, () => errorLine(`a${text}b`))).toBe(text.startsWith(' ') ? `a${text}b` : 'b');
});

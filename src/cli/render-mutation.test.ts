import { expect, test } from 'vitest';

import type { MutationSummary } from '../mutation/summarise-mutation.ts';
import { renderMutant, renderSummary } from './render-mutation.ts';

const none = { killed: 0, survived: 0, equivalent: 0, untouched: 0, inconclusive: 0 };
const summary: MutationSummary = {
  score: 0.5,
  operators: [
    { operator: 'half', ...none, score: 0.5, killed: 1, survived: 1 },
    { operator: 'ignore-argument', ...none, inconclusive: 2 },
  ],
  lacking: [
    {
      lacks: 'only the default argument is used',
      propose: ["args: ['b']"],
      mutants: ['ignore-argument:7', 'ignore-argument:9'],
    },
    { lacks: 'unknown', propose: [], mutants: ['half:3'] },
  ],
  outcomes: [
    { id: 'half:3', line: 3, before: 'a', after: 'b', fate: 'survived' },
    { id: 'half:4', line: 4, before: 'a', after: 'b', fate: 'killed' },
  ],
};

test('prints what the scenarios lack, with the mutants and what to add', () => {
  expect(renderSummary(summary, 505)).toContain(
    [
      'What the scenarios lack:',
      '',
      '  only the default argument is used',
      '    ignore-argument:7, ignore-argument:9',
      "    add: args: ['b']",
      '  unknown',
      '    half:3',
    ].join('\n'),
  );
});

test('prints three proposals at most, and says where the others are', () => {
  const group = { lacks: 'x', mutants: ['half:3'], propose: ['a', 'b', 'c', 'd', 'e'] };
  expect(renderSummary({ ...summary, lacking: [group] }, 505)).toContain('    add: c\n    and 2 more in the record\n');
});

test('prints the score of each operator, and that of all', () => {
  const text = renderSummary(summary, 505);
  expect(text).toMatch(/^half +50 % +1 +1 +0 +0 +0$/m);
  expect(text).toMatch(/^ignore-argument +- +0 +0 +0 +0 +2$/m);
  expect(text).toMatch(/score 50 %: 1 killed, 1 survived, 0 equivalent, 0 untouched, 0 inconclusive$/);
});

test('a sample is said to be one, with the interval of the score', () => {
  const sampled = { ...summary, sample: { size: 2, seed: 7 }, interval: { from: 0.0945, to: 0.9055 } };
  expect(renderSummary(sampled, 505)).toMatch(
    /a sample of 2 of 505 mutants \(seed 7\); 95 % interval of the score: 9\.5 % to 90\.6 %$/m,
  );
});

test('a mutant of a long line shows the part that changed', () => {
  const start = 'const text = "a long line of which the beginning is no help at all"; ';
  const shown = renderMutant({ id: 'half:3', before: `${start}f(100);`, after: `${start}f(50);` });
  expect(shown).toMatch(/^half:3 +…g is no help at all"; f\(100\);  ->  …g is no help at all"; f\(50\);$/);
  expect(renderMutant({ id: 'half:3', before: 'sleep 30', after: '' })).toMatch(/sleep 30 {2}-> {2}\(nothing\)$/);
});

import { expect, test } from 'vitest';

import type { Cell } from '../alerts/alerts-report.ts';
import { renderAlerts } from './render-alerts.ts';
import { alertsReport } from './testing/sample-alerts.ts';

function unknownLines(cells: readonly Partial<Cell>[]): readonly string[] {
  const [rule] = alertsReport().rules;
  if (!rule) throw new Error('the sample has no rule');
  const base = { outcome: 'unknown', arm: 'control', firing: undefined, scenario: '', reason: '' } as const;
  const report = alertsReport({ rules: [{ ...rule, cells: cells.map((cell) => ({ ...base, ...cell })) }] });
  const lines = renderAlerts(report, [], { cwd: '/project', color: false }).split('\n');
  return lines.map((line) => line.trim()).filter((line) => line.startsWith('unknown:'));
}

const short = { scenario: 'a', reason: 'the fault lasts 1 m, and the rule needs 2 m', missingMs: 60_000 };
const busy = { scenario: 'd', reason: 'the machine was busy' };

test('one fault that ends too soon is named with its times', () => {
  expect(unknownLines([short])).toEqual(['unknown: a (the fault lasts 1 m, and the rule needs 2 m; 1 m more)']);
});

test('several faults that end too soon are counted with the time that is missing', () => {
  const cells = [short, { ...short, scenario: 'b', missingMs: 90_000 }, { ...short, scenario: 'c', missingMs: 75_000 }];
  expect(unknownLines(cells)).toEqual([expect.stringMatching(/3 faults end 1 m to 1 m 30 s too soon .* --hold/)]);
});

test('each other reason is said once, with its faults', () => {
  const cells = [short, busy, { ...busy, scenario: 'e' }, { scenario: 'f', reason: 'no scrape' }];
  expect(unknownLines(cells).slice(1)).toEqual(['unknown: d, e (the machine was busy)', 'unknown: f (no scrape)']);
});

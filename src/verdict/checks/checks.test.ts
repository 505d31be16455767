import { expect, test } from 'vitest';

import { checksOf, step } from '../testing/judge-recording.ts';
import type { ScenarioCheck } from './check.ts';
import { checks, entryOf } from './checks.ts';

const idsWith = (property: (check: ScenarioCheck) => unknown): readonly string[] =>
  checks.filter(property).map(({ id }) => id);

test('the properties of the checks are these', () => {
  expect(idsWith(({ premise }) => premise)).toEqual(['binding', 'steady-state', 'fault-bit']);
  expect(idsWith(({ final }) => final)).toEqual([
    ...['diagnosis', 'recovery', 'maintenance', 'shows', 'throughout', 'walls', 'recovered'],
  ]);
  expect(idsWith(({ timeBound }) => timeBound)).toEqual([
    ...['symptom', 'repeat', 'achieved', 'recovered', 'recovery-time', 'no-wedge'],
    ...['repeat:healthy', 'repeat:interrupted'],
  ]);
  expect(idsWith(({ about }) => about.includes('control'))).toEqual([
    ...['walls', 'control-arm', 'repeat:interrupted', 'complete'],
  ]);
});

test.each([
  ['symptom:1', 'symptom'],
  ['recovery:3.2 > Solution > bash[1]', 'recovery'],
  ['recovery-time', 'recovery-time'],
  ['repeat:3.2 > Solution > bash[1]', 'repeat'],
  ['repeat:healthy', 'repeat:healthy'],
  ['oracle', undefined],
])('the check %s comes from the entry %s', (id, entry) => {
  expect(entryOf(id)?.id).toBe(entry);
});

test('every check of a report comes from an entry of the table, in its order', async () => {
  const plan = {
    repeat: true,
    recoveryLimit: { baselineMs: 1, limitMs: 1 },
    recovery: [step({ shows: [{ source: 'resumed', flags: '', means: 'it' }] })],
  };
  const entries = Object.keys(await checksOf({ plan })).map(entryOf);
  expect(entries).not.toContain(undefined);
  const places = entries.map((entry) => checks.findIndex((one) => one === entry));
  expect(places).toEqual(places.toSorted((a, b) => a - b));
});

import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';

import { recordRun } from '../verdict/testing/record-run.ts';
import { createLiveProgress } from './live-progress.ts';

function show(live: boolean): string {
  let text = '';
  const progress = createLiveProgress({ write: (piece: string) => (text += piece) }, { live });
  for (const event of recordRun()) progress.apply(event);
  progress.end();
  return text;
}

test('prints a plain line per phase without a terminal, with both clocks and the affected queue', () => {
  const lines = show(false).split('\n');
  expect(lines[0]).toMatch(/^00:00 real, 00:00 sandbox {2}queue-paused treatment start/);
  expect(lines.find((line) => line.includes('treatment recover'))).toMatch(
    /^00:04 real, 00:4\d sandbox .* 1 queue: waiting 5, active 0, failed 0$/,
  );
  expect(show(false)).not.toContain('\u001b');
});

test('shows the rate of the clock where it has changed', () => {
  let text = '';
  const progress = createLiveProgress({ write: (piece: string) => (text += piece) }, { live: false });
  for (const event of recordRun()) {
    progress.apply(event);
    const { seq, t, s, scenario, arm } = event;
    if (event.type === 'phase.started' && event.phase === 'inject' && scenario !== undefined && arm !== undefined)
      progress.apply({ seq, t, s, scenario, arm, type: 'clock.changed', rate: 1, inMs: 20 });
  }
  const lines = text.split('\n').filter((line) => line.includes('queue-paused treatment'));
  expect(lines.find((line) => line.includes(' inject'))).not.toContain('×');
  expect(lines.find((line) => line.includes(' recover'))).toContain('treatment recover ×1  ');
});

test('keeps scenarios that run at the same time apart', () => {
  let text = '';
  const progress = createLiveProgress({ write: (piece: string) => (text += piece) }, { live: false });
  const one = recordRun();
  const other = recordRun().map((event) => (event.scenario === undefined ? event : { ...event, scenario: 'other' }));
  for (const [index, event] of one.entries()) for (const each of [event, other[index] ?? event]) progress.apply(each);
  const lines = text.split('\n').filter((line) => line.includes('treatment recover'));
  expect(lines.map((line) => line.replace(/^.*sandbox +/, '').replace(/ {2}.*/, ''))).toEqual([
    'queue-paused treatment recover',
    'other treatment recover',
  ]);
});

test('redraws one line per scenario on a terminal, no wider than it, and clears them at the end', () => {
  let text = '';
  const progress = createLiveProgress({ write: (piece: string) => (text += piece), columns: 60 }, { live: true });
  const one = recordRun();
  const other = recordRun().map((event) => (event.scenario === undefined ? event : { ...event, scenario: 'other' }));
  for (const [index, event] of one.entries()) for (const each of [event, other[index] ?? event]) progress.apply(each);
  progress.end();
  const drawn = text.split('\r\u001b[2K').find((piece) => piece.includes('\n')) ?? '';
  const [first = '', second = ''] = stripVTControlCharacters(drawn).split('\n');
  expect(first).toMatch(/^\d\d:\d\d real, \d\d:\d\d sandbox {2}queue-paused treatment \w+/);
  expect(second).toMatch(/^ {27}other treatment \w+/);
  for (const line of stripVTControlCharacters(text).split(/[\r\n]/)) expect(line.length).toBeLessThan(60);
  // Two lines were drawn, so two are cleared.
  expect(text.split('\n').length).toBe(text.split('\u001b[1A').length);
  expect(drawn).toContain('\u001b[1mqueue-paused');
});

test('redraws one line on a terminal and clears it at the end', () => {
  const text = show(true);
  expect(text).not.toContain('\n');
  expect(text.endsWith('\r\u001b[2K')).toBe(true);
});

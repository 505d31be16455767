import { expect, test } from 'vitest';

import { limitEvents, type WallEvent } from './wall-event.ts';

const refused: WallEvent = { outcome: 'refused', attempt: 'pull x', message: 'no' };

test('records a thousand events, of which the last says that there were more', () => {
  const events: WallEvent[] = [];
  const report = limitEvents((event) => events.push(event));
  for (let number = 0; number < 1500; number += 1) report(refused);
  expect(events).toHaveLength(1000);
  expect(events[998]).toEqual(refused);
  expect(events.at(-1)).toMatchObject({
    outcome: 'refused',
    attempt: expect.stringContaining('more than 1000') as string,
  });
});

test('makes each text one short line, and keeps everything else', () => {
  const events: WallEvent[] = [];
  const report = limitEvents((event) => events.push(event));
  report({ outcome: 'obeyed', attempt: 'a\r\n::b\u202e\u2028c', message: 'x'.repeat(1000), service: 'worker' });
  expect(events).toEqual([
    { outcome: 'obeyed', attempt: 'a ::b c', message: `${'x'.repeat(299)}…`, service: 'worker' },
  ]);
});

test('records commands in containers apart, each with its first words, and says when there were more', () => {
  const events: WallEvent[] = [];
  const report = limitEvents((event) => events.push(event));
  const entered: WallEvent = { outcome: 'entered', attempt: 'run', message: 'passed on', service: 'worker' };
  report({ ...entered, command: ['node', '-e', 'x'.repeat(200)] });
  report({ ...entered, command: Array.from({ length: 20 }, () => 'word') });
  expect(events.map(({ command }) => command)).toEqual([
    ['node', '-e', '…'],
    [...Array.from({ length: 12 }, () => 'word'), '…'],
  ]);
  for (let number = 0; number < 1500; number += 1) report({ ...entered, command: ['true'] });
  report({ ...entered, service: 'other', command: ['true'] });
  expect(events.filter(({ service }) => service === 'worker')).toHaveLength(300);
  expect(events.findLast(({ service }) => service === 'worker')).toMatchObject({ command: ['…'] });
  expect(events.at(-1)).toMatchObject({ service: 'other', command: ['true'] });
  expect(events.some(({ outcome }) => outcome === 'refused')).toBe(false);
});

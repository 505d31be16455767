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

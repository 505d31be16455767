import { expect, test } from 'vitest';

import { readClaim } from './claims.ts';
import { recordMoments } from './testing/record-moments.ts';

const text = 't';

test('container-state holds when a container of the service is in one of the states', () => {
  const claim = readClaim({ claim: 'container-state', service: 'worker', anyOf: ['Exited', 'dead'], text });
  const holds = (...states: readonly string[]) =>
    claim.holds(recordMoments([{ s: 0, worker: states.map((state) => ({ state, startedAt: 'a' })) }]));
  expect(holds('running', 'EXITED')).toBe(true);
  expect(holds('running')).toBe(false);
  expect(holds()).toBeUndefined();
});

test.each([
  ['<', [true, false, false]],
  ['<=', [true, true, false]],
  ['=', [false, true, false]],
  ['>=', [false, true, true]],
  ['>', [false, false, true]],
])('count compares the number of jobs with %s', (op, expected) => {
  const claim = readClaim({ claim: 'count', queues: ['mail'], state: 'waiting', op, value: 2, text });
  const seen = [1, 2, 3].map((waiting) => claim.holds(recordMoments([{ s: 0, mail: { waiting } }])));
  expect(seen).toEqual(expected);
});

test('count and paused are unknown for a queue that was not sampled, and while Redis is away', () => {
  const moments = recordMoments([{ s: 0, mail: {} }]);
  const away = recordMoments([
    { s: 0, mail: {} },
    { s: 1, redisUp: false },
  ]);
  for (const more of [
    { claim: 'count', state: 'waiting', op: '=', value: 0 },
    { claim: 'paused', value: false },
  ]) {
    expect(readClaim({ ...more, queues: ['mail'], text }).holds(moments)).toBe(true);
    expect(readClaim({ ...more, queues: ['mail', 'lost'], text }).holds(moments)).toBeUndefined();
    expect(readClaim({ ...more, queues: ['mail'], text }).holds(away)).toBeUndefined();
  }
});

test('paused asks for the flag of every queue; no queue means the whole fleet', () => {
  const paused = readClaim({ claim: 'paused', queues: [], value: true, text });
  expect(paused.holds(recordMoments([{ s: 0, mail: { flag: 1 } }]))).toBe(true);
  expect(paused.holds(recordMoments([{ s: 0, mail: { flag: 0 } }]))).toBe(false);
});

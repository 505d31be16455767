import { expect, test } from 'vitest';

import { readClaim } from './claims.ts';
import { recordMoments } from './testing/record-moments.ts';

const restarted = readClaim({ claim: 'restarted', service: 'worker', text: 't' });
const worker = (startedAt: string, state = 'running') => [{ state, startedAt }];

test('compares the start of the container with what was last known before the step', () => {
  const moments = recordMoments([
    { s: 0, worker: worker('a') },
    { s: 20, worker: worker('b') },
  ]);
  expect(restarted.everHolds(restarted.momentsOfStep(moments, { startedT: 10, endedT: 30 }))).toBe(true);
  expect(restarted.everHolds(restarted.momentsOfStep(moments, { startedT: 25, endedT: 30 }))).toBe(false);
});

test('needs every container of the service to be new and to run', () => {
  const from = (last: ReturnType<typeof worker>) =>
    restarted.holds(
      recordMoments([
        { s: 0, worker: worker('a') },
        { s: 1, worker: last },
      ]),
    );
  expect(from([...worker('b'), ...worker('c')])).toBe(true);
  expect(from([...worker('b'), ...worker('a')])).toBe(false);
  expect(from(worker('b', 'exited'))).toBe(false);
  expect(from([])).toBeUndefined();
});

import fc from 'fast-check';
import { expect, test } from 'vitest';

import { createIdLookup, isJobIdOfVersion1, JobIds } from './job-ids.ts';

const source = { seed: 1, part: 'a' };

function draw(count: number, ids: JobIds): readonly string[] {
  return Array.from({ length: count }, () => ids.next());
}

test('gives each id once', () => {
  expect(new Set(draw(200_000, new JobIds(source))).size).toBe(200_000);
});

test('gives the same ids for the same seed, and others in another sandbox', () => {
  const ids = draw(1000, new JobIds(source));
  expect(draw(1000, new JobIds(source))).toEqual(ids);
  const others = [
    { ...source, part: 'b' },
    { ...source, seed: 2 },
  ].flatMap((other) => draw(1000, new JobIds(other)));
  expect(others.filter((id) => ids.includes(id))).toEqual([]);
});

test('gives every id the same form, which BullMQ accepts', () => {
  for (const id of draw(10_000, new JobIds({ seed: 7, part: '2' }))) expect(id).toMatch(/^j[0-9a-f]{16}$/);
});

test('knows the ids that a source has given, and no other', () => {
  fc.assert(
    fc.property(fc.nat(), fc.string(), fc.integer({ min: 0, max: 200 }), (seed, part, given) => {
      const ids = new JobIds({ seed, part });
      const drawn = draw(given, ids);
      const isGiven = createIdLookup({ seed, part, given: ids.given });
      expect(drawn.filter((id) => !isGiven(id))).toEqual([]);
      const others = [...draw(200, ids), ...draw(200, new JobIds({ seed: seed + 1, part }))];
      expect(others.filter((id) => isGiven(id))).toEqual([]);
    }),
  );
});

test.each(['', '12', 'j', 'j12', 'mail', 'queue-paused-treatment-7', `j${'0'.repeat(17)}`, `J${'0'.repeat(16)}`])(
  'takes %j for no id of Drillbook',
  (id) => {
    expect(createIdLookup({ ...source, given: Number.MAX_SAFE_INTEGER })(id)).toBe(false);
  },
);

test.each([
  ['redis-cut-12s-treatment-7', true],
  ['redis-cut-12s-control-7', true],
  ['12', false],
  ['repeat:mail:1', false],
  ['queue-paused-treatment-7-again', false],
  ['queue-paused-treatment-', false],
  ['a7e0-control', false],
])('in version 1, %s is an id of Drillbook: %s', (id, isOwn) => {
  expect(isJobIdOfVersion1(id)).toBe(isOwn);
});

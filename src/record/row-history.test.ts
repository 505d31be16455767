import { array, assert as check, boolean, constantFrom, dictionary, nat, property, tuple } from 'fast-check';
import { expect, test } from 'vitest';

import type { Claim, QueueRow } from '../history/events.ts';
import { readClaim } from '../claims/claims.ts';
import { RowHistory, type Rows } from './row-history.ts';
import { Timeline } from './timeline.ts';

const row = (figure: number): QueueRow => [figure, 0, 0, 0, 0, 0, 0, 0, 0, 0];
const queues = constantFrom('a', 'b', 'c', '__proto__');
const figuresOf = (rows: (Pick<Rows, 'get'> & { values(): Iterable<QueueRow> }) | undefined): readonly number[] =>
  [...(rows?.values() ?? [])].map(([figure]) => figure).toSorted((one, other) => one - other);
const samples = array(tuple(dictionary(queues, nat(2), { maxKeys: 3 }), boolean()), { maxLength: 20 });

test('each moment has the rows of its own time, in whatever order the moments are read', () => {
  check(
    property(samples, array(nat(19)), (taken, looks) => {
      const history = new RowHistory();
      const seen: Rows[] = [];
      const wanted: ReadonlyMap<string, QueueRow>[] = [];
      for (const [figures, full] of taken) {
        const sample = Object.fromEntries(Object.entries(figures).map(([queue, figure]) => [queue, row(figure)]));
        seen.push(history.add(sample, full, () => undefined));
        wanted.push(new Map([...(full ? [] : (wanted.at(-1) ?? [])), ...Object.entries(sample)]));
      }
      for (const at of [...looks, ...seen.keys()].filter((index) => index < seen.length)) {
        for (const queue of ['a', 'b', 'c', '__proto__', 'none'])
          expect(seen[at]?.get(queue)).toEqual(wanted[at]?.get(queue));
        expect(figuresOf(seen[at])).toEqual(figuresOf(wanted[at]));
      }
    }),
    { numRuns: 1000, seed: 4 },
  );
});

/** The meaning of `growing`, computed the slow way: at some moment the last third was above the first. */
function growsSomewhere(values: readonly number[]): boolean | undefined {
  if (values.length < 6) return undefined;
  return values.some((_, last) => {
    const [until, third] = [values.slice(0, last + 1), Math.floor((last + 1) / 3)];
    return until.length >= 6 && Math.min(...until.slice(-third)) > Math.max(...until.slice(0, third));
  });
}

test('finds a backlog that grew at any time, and looks at each value only once', () => {
  const claim: Claim = { claim: 'growing', queues: [], states: ['waiting'], text: 'it grows' };
  check(
    property(array(nat(6), { maxLength: 30 }), (values) => {
      const timeline = new Timeline();
      for (const [index, value] of values.entries())
        timeline.push({ seq: index, t: index, s: index, type: 'sample', full: index === 0, queues: { a: row(value) } });
      expect(readClaim(claim).everHolds(timeline.moments)).toBe(growsSomewhere(values));
    }),
    { numRuns: 1000, seed: 4 },
  );
});

test('the totals are those of all queues at their moment', () => {
  check(
    property(samples, (taken) => {
      const timeline = new Timeline();
      for (const [index, [figures, full]] of taken.entries()) {
        const sample = Object.fromEntries(Object.entries(figures).map(([queue, figure]) => [queue, row(figure)]));
        timeline.push({ seq: index, t: index, s: index, type: 'sample', full, queues: sample });
      }
      for (const { rows, totals } of timeline.moments)
        expect(totals.backlog).toBe((rows?.values() ?? []).reduce((sum, [waiting]) => sum + waiting, 0));
    }),
    { numRuns: 1000, seed: 4 },
  );
});

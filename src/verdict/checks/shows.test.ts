import { describe, expect, test } from 'vitest';

import type { QueueState, ShownPattern } from '../../history/events.ts';
import { checkOf, nothing, step, unmetBy } from '../testing/judge-recording.ts';
import { diagnosis, type Recording, type World } from '../testing/record-run.ts';

test('fails when the diagnosis does not show the fault', async () => {
  expect(await unmetBy({ diagnosisOutput: 'all is well' })).toEqual({
    'shows:3.2 > Diagnosis > bash[1]': 'fail: does not show the paused queue: nothing matches /paused: mail/',
  });
});

describe('a number of jobs that a step shows', () => {
  const id = `shows:${diagnosis}`;
  const states: readonly QueueState[] = ['waiting', 'prioritized', 'paused'];
  /** The queue is not resumed: 5 jobs wait when the block begins, 6 soon after it ended. */
  const shown = (output: string, counts: Partial<NonNullable<ShownPattern['counts']>> = {}): Recording => ({
    diagnosisOutput: output,
    cure: nothing,
    plan: {
      diagnosis: [
        step({
          address: diagnosis,
          shows: [
            {
              source: 'mail: (\\S+)|is paused',
              flags: '',
              means: 'what waits',
              counts: { queues: ['mail'], states, ...counts },
            },
          ],
        }),
      ],
    },
  });

  test.each(['mail: 5', 'mail: 6', 'it is paused'])('passes for the output "%s"', async (output) => {
    expect(await checkOf(id, shown(output))).toBe('pass');
  });

  test.each([
    ['mail: 4', 'what waits as 4; Redis had 5 to 6 meanwhile (waiting + prioritized + paused)'],
    ['mail: 7', 'what waits as 7; Redis had 5 to 6 meanwhile (waiting + prioritized + paused)'],
    ['mail: NaN', 'what waits as "NaN", which is not a number of jobs'],
    ['mail: 5.5', 'what waits as "5.5", which is not a number of jobs'],
  ])('fails for the output "%s"', async (output, message) => {
    expect(await checkOf(id, shown(output))).toBe(`fail: shows ${message}`);
  });

  test('is compared with each state by itself, and with the whole fleet', async () => {
    const active: readonly QueueState[] = ['active'];
    expect(await checkOf(id, shown('mail: 5', { states: ['waiting'] }))).toMatch(/ Redis had 0 meanwhile \(waiting\)$/);
    expect(await checkOf(id, shown('mail: 5', { states: active }))).toMatch(/ Redis had 0 meanwhile /);
    expect(await checkOf(id, shown('mail: 5', { states: active, queues: [] }))).toBe('pass');
  });

  test('is inconclusive when the record does not say how many jobs there were', async () => {
    const unknown = 'inconclusive: what waits: the record does not say how many jobs there were meanwhile';
    expect(await checkOf(id, shown('mail: 5', { queues: ['mail', 'gone'] }))).toBe(unknown);
    const away = (world: World): void => void (world.redisUp = false);
    expect(await checkOf(id, { ...shown('mail: 5'), cure: away })).toBe(unknown);
    const awayForAMoment = (world: World, second: number): void => void (world.redisUp = second !== 1);
    expect(await checkOf(id, { ...shown('mail: 5'), whileSettling: awayForAMoment })).toBe(unknown);
  });

  test('is compared up to the second sample after the step, and not later', async () => {
    const whileSettling = (world: World, second: number): void => void (world.backlog += second < 2 ? 0 : 2);
    expect(await checkOf(id, { ...shown('mail: 8'), whileSettling })).toBe('pass');
    expect(await checkOf(id, { ...shown('mail: 9'), whileSettling })).toMatch(/as 9; Redis had 5 to 8 meanwhile/);
  });

  test('fails when it is wrong, even if the output was cut or the machine was busy', async () => {
    const [wrong, absent] = [shown('mail: 4'), shown('nothing')];
    expect(await checkOf(id, absent)).toMatch(/^fail: does not show what waits/);
    for (const excuse of [{ diagnosed: { outputCut: true } }, { pressure: 0.95 }]) {
      expect(await checkOf(id, { ...wrong, ...excuse })).toMatch(/^fail/);
      expect(await checkOf(id, { ...absent, ...excuse })).toMatch(/^inconclusive/);
    }
    expect(await checkOf(id, { ...absent, pressure: 0.95 })).toMatch(
      /^inconclusive: processes of this machine waited for a CPU 95 % of the time, so it proves nothing: does not show /,
    );
  });
});

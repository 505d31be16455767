import { expect, test } from 'vitest';

import { unmetBy } from '../testing/judge-recording.ts';
import { type Recording } from '../testing/record-run.ts';

test.each([
  // At the time scale of these runs 60 s are 6 s of real time, which the kernel may need for a connection.
  { forS: 45, verdict: undefined },
  { forS: 65, verdict: expect.stringMatching(/^fail: the queue mail had \d+ waiting and took none/) as string },
])('judges a queue of which no job is taken for $forS s', async ({ forS, verdict }) => {
  const idle: Recording = { whileSettling: (world, second) => (world.takes = second < 10 || second > 10 + forS) };
  expect((await unmetBy(idle))['no-wedge']).toEqual(verdict);
});

test('fails when workers look alive and take no jobs', async () => {
  const wedge: Recording = {
    cure: (world) => {
      world.paused = false;
      world.takes = false;
    },
  };
  expect(await unmetBy(wedge)).toMatchObject({
    'no-wedge': expect.stringMatching(/^fail: the queue mail had \d+ waiting and took none for/) as string,
  });
});

test('fails when workers stop taking jobs shortly before the watch ends', async () => {
  const late: Recording = { whileSettling: (world, second) => (world.takes = second < 80), drainS: 60 };
  expect(await unmetBy(late)).toEqual({
    'no-wedge': expect.stringMatching(/^fail: the queue mail had \d+ waiting and took none for 7\d/) as string,
  });
  expect(await unmetBy({ drainS: 60 })).toEqual({});
});

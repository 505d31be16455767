import { expect, test } from 'vitest';

import { unmetBy, unmetOf } from '../testing/judge-recording.ts';
import { recordRun, type Recording } from '../testing/record-run.ts';

test.each([
  // At the time scale of these runs 60 s are 6 s of real time, which the kernel may need for a connection.
  { forS: 45, verdict: undefined },
  { forS: 65, verdict: expect.stringMatching(/^fail: the queue mail had \d+ waiting and took none/) as string },
])('judges a queue of which no job is taken for $forS s', async ({ forS, verdict }) => {
  const idle: Recording = { whileSettling: (world, second) => (world.takes = second < 10 || second > 10 + forS) };
  expect((await unmetBy(idle))['no-wedge']).toEqual(verdict);
});

test('counts the real time that the kernel may need as it passed, whatever the rate of the clock was', async () => {
  const idle: Recording = { whileSettling: (world, second) => (world.takes = second < 10 || second > 55) };
  const recorded = recordRun(idle);
  const start = recorded[0]?.s ?? 0;
  // The same 45 sandbox seconds at rate 1 are 45 real ones.
  const slowly = recorded.map((event) => ({ ...event, t: event.s - start }));
  const [fast, slow] = await Promise.all([recorded, slowly].map(unmetOf));
  expect(fast?.['no-wedge']).toBeUndefined();
  expect(slow?.['no-wedge']).toMatch(/^fail: the queue mail had \d+ waiting and took none/);
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

import { describe, expect, test } from 'vitest';

import type { Claim } from '../../history/events.ts';
import { checkOf, nothing, step } from '../testing/judge-recording.ts';
import { recovery, type Recording, type World } from '../testing/record-run.ts';

const resumed: Claim = { claim: 'paused', queues: ['mail'], value: false, text: 'mail is not paused' };

describe('what a step achieves', () => {
  const plan = { recovery: [step({ achieves: [resumed] })] };
  const id = `achieved:${recovery}`;

  test('passes when the queue shows it', async () => {
    expect(await checkOf(id, { plan })).toBe('pass');
  });

  test('fails when the block reports it and the queue does not show it', async () => {
    expect(await checkOf(id, { plan, cure: nothing })).toBe('fail: mail is not paused: not seen after it');
  });

  describe('if it is a restart', () => {
    const restarted: Claim = { claim: 'restarted', service: 'worker-mail', text: 'worker-mail is restarted' };
    const restart: Recording = { plan: { recovery: [step({ achieves: [restarted] })] } };
    const startAnew = (world: World): void =>
      void ((world.paused = false), (world.workerStartedAt = '2026-01-01T00:01:00Z'));

    test('passes when the container was started since', async () => {
      expect(await checkOf(id, { ...restart, cure: startAnew })).toBe('pass');
    });

    test('fails when the container still has its earlier start', async () => {
      expect(await checkOf(id, restart)).toBe('fail: worker-mail is restarted: not seen after it');
    });

    test('fails when the container was started before the step began', async () => {
      expect(await checkOf(id, { ...restart, beforeFault: startAnew })).toMatch(/^fail/);
    });

    test('fails when the container was started and is down again', async () => {
      const die = (world: World): void => void (startAnew(world), (world.workerState = 'exited'));
      expect(await checkOf(id, { ...restart, cure: die })).toMatch(/^fail/);
    });
  });

  test('is inconclusive when Redis could not be read', async () => {
    const blind: Recording = { plan, cure: (world) => (world.redisUp = false) };
    expect(await checkOf(id, blind)).toBe('inconclusive: mail is not paused: the record does not say');
  });

  test('is inconclusive when the fault took no effect', async () => {
    expect(await checkOf(id, { plan, bit: false })).toMatch(/^inconclusive: the fault took no effect/);
  });
});

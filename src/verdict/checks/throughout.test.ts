import { describe, expect, test } from 'vitest';

import type { Claim } from '../../history/events.ts';
import { checkOf, step } from '../testing/judge-recording.ts';
import { recovery, type World } from '../testing/record-run.ts';

describe('a claim that must hold throughout a step', () => {
  const empty: Claim = { claim: 'count', queues: ['mail'], state: 'failed', op: '<=', value: 0, text: 'no job failed' };
  const plan = { recovery: [step({ throughout: [empty] })] };
  const id = `throughout:${recovery}`;

  test('passes when it held', async () => {
    expect(await checkOf(id, { plan })).toBe('pass');
  });

  test('fails when it was false for a moment, even if all is well at the end', async () => {
    const whileSettling = (world: World, second: number): void => void (world.failed = second === 3 ? 1 : 0);
    expect(await checkOf(id, { plan, whileSettling })).toMatch(
      /^fail: no job failed: not so \d+(\.\d)? s of sandbox time after it began$/,
    );
  });

  test('passes when it was false only before the step began', async () => {
    expect(
      await checkOf(id, {
        plan,
        beforeFault: (world) => void (world.failed = 1),
        cure: (world) => void ((world.failed = 0), (world.paused = false)),
      }),
    ).toBe('pass');
  });

  test('fails when jobs failed again, even if none stays among the failed', async () => {
    const once: Claim = { ...empty, state: 'failures', text: 'no job failed again' };
    const again = (world: World, second: number): void => void (world.failures = second >= 3 ? 1 : 0);
    const asked = { plan: { recovery: [step({ throughout: [once] })] } };
    expect(await checkOf(id, asked)).toBe('pass');
    expect(await checkOf(id, { plan, whileSettling: again })).toBe('pass');
    expect(await checkOf(id, { ...asked, whileSettling: again })).toMatch(/^fail: no job failed again: not so 3\.\d s/);
  });

  test('is inconclusive when Redis could not be read', async () => {
    const cure = (world: World): void => void (world.redisUp = false);
    expect(await checkOf(id, { plan, cure, whileSettling: cure })).toMatch(/^inconclusive/);
  });
});

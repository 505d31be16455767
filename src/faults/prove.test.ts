import { expect, test } from 'vitest';

import { prove } from './prove.ts';

/** How often the fault was healed. */
function counter(): { healed: number; heal: () => Promise<void> } {
  const counted = { healed: 0, heal: () => Promise.resolve(void (counted.healed += 1)) };
  return counted;
}

test('evidence proves that the fault took effect', async () => {
  const { heal } = counter();
  const injected = await prove('the effect', () => Promise.resolve('seen'), heal, AbortSignal.timeout(1000));
  expect(injected.proof).toEqual({ tookEffect: true, evidence: 'seen' });
});

test('without evidence in time the fault had no effect, stays in place and can be healed', async () => {
  const counted = counter();
  const injected = await prove(
    'the effect',
    () => Promise.resolve(undefined),
    counted.heal,
    AbortSignal.timeout(1000),
    20,
  );
  expect(injected.proof).toEqual({ tookEffect: false, evidence: expect.stringContaining('the effect') as string });
  expect(counted.healed).toBe(0);
  await injected.heal();
  expect(counted.healed).toBe(1);
});

test('an interrupt heals the fault and throws its reason', async () => {
  const counted = counter();
  const interrupt = AbortSignal.abort(new Error('interrupted'));
  await expect(prove('the effect', () => Promise.resolve('seen'), counted.heal, interrupt)).rejects.toThrow(
    'interrupted',
  );
  expect(counted.healed).toBe(1);
});

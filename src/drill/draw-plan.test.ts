import { expect, test } from 'vitest';

import type { BoundScenario } from '../scenario/bind-scenario.ts';
import { pausedPlan } from '../verdict/testing/sample-run.ts';
import { sealOf } from '../verdict/drill/seal.ts';
import { drawPlan, seal, type Catalogue } from './draw-plan.ts';

const ids = ['one', 'two', 'three', 'four', 'five'];
const catalogue: Catalogue = {
  digest: 'c0',
  eligible: ids.map((id): BoundScenario => {
    const plan = { ...pausedPlan, id };
    const fault = { kind: 'queues-paused', queues: { names: ['mail'] } } as BoundScenario['fault'];
    const steps = { diagnosis: [], recovery: [], maintenance: [], instead: [] };
    return { ...steps, plan, fault, faultQueues: ['mail'], burst: [], fresh: [], demanding: false };
  }),
};

test('the same seed, level and catalogue give the same plan, and another seed another quiet time', () => {
  expect(drawPlan(catalogue, 7, 1)).toEqual(drawPlan(catalogue, 7, 1));
  expect(drawPlan(catalogue, 7, 1).plan.quietMs).not.toBe(drawPlan(catalogue, 8, 1).plan.quietMs);
});

test('of 1000 seeds every scenario gets its share, and at level 3 one in eight has no fault', () => {
  const drawn = Array.from({ length: 1000 }, (_, seed) => drawPlan(catalogue, seed, 3).plan);
  const faultless = drawn.filter(({ scenario }) => scenario === null).length;
  // The 99 % bands of a binomial distribution: 1000 draws at 1/8, and at 7/8 × 1/5.
  expect(Math.abs(faultless - 125)).toBeLessThanOrEqual(27);
  for (const id of ids)
    expect(Math.abs(drawn.filter(({ scenario }) => scenario === id).length - 175)).toBeLessThanOrEqual(31);
  expect(drawn.every(({ quietMs }) => quietMs >= 30_000 && quietMs <= 180_000)).toBe(true);
});

test('below level 3, and for a named scenario, something is always broken', () => {
  const plans = Array.from({ length: 100 }, (_, seed) => [
    drawPlan(catalogue, seed, 2),
    drawPlan(catalogue, seed, 3, 'two'),
  ]);
  expect(plans.flat().every(({ scenario }) => scenario.fault !== undefined)).toBe(true);
});

test('a scenario that no person can play is refused with those that can be played', () => {
  expect(() => drawPlan(catalogue, 1, 1, 'none')).toThrow(
    expect.objectContaining({ code: 'SCENARIO_UNKNOWN' }) as Error,
  );
  expect(() => drawPlan({ ...catalogue, eligible: [] }, 1, 1)).toThrow(
    expect.objectContaining({ code: 'DRILL_NO_SCENARIO' }) as Error,
  );
});

test('two seals of the same plan differ, and each fits its own text and nonce alone', () => {
  const { plan } = drawPlan(catalogue, 7, 1);
  const [one, two] = [seal(plan), seal(plan)];
  expect(one.digest).not.toBe(two.digest);
  expect(sealOf(one.text, one.nonce)).toBe(one.digest);
  expect(sealOf(one.text, two.nonce)).not.toBe(one.digest);
  expect(sealOf(one.text.replace('7', '8'), one.nonce)).not.toBe(one.digest);
});

test('at level 3 a red herring is drawn, each kind about as often, and it changes no other draw', () => {
  const plans = Array.from({ length: 1000 }, (_, seed) => drawPlan(catalogue, seed, 3).plan);
  const oddLines = plans.filter(({ herring }) => herring === 'odd-log-line').length;
  expect(Math.abs(oddLines - 500)).toBeLessThanOrEqual(41);
  expect(plans.every(({ herring }) => herring !== undefined)).toBe(true);
  expect(drawPlan(catalogue, 7, 2).plan.herring).toBeUndefined();
});

test('a drill without a fault can be asked for', () => {
  const { plan, scenario } = drawPlan(catalogue, 7, 1, 'no-fault');
  expect(plan.scenario).toBeNull();
  expect(scenario.fault).toBeUndefined();
});

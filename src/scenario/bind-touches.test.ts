import { expect, test } from 'vitest';

import { parseRunbook } from '../runbook/parse-runbook.ts';
import { bindTouches } from './bind-contract.ts';
import { parseScenario } from './define-scenario.ts';
import type { ScenarioNames } from './scenario-names.ts';

/** Takes every name as it is. */
const names = {
  service: (name: string) => name,
  queues: () => [],
  isRedis: (name: string) => name === 'store',
} as unknown as ScenarioNames;

async function atOnce(text: string): Promise<number | undefined> {
  const touches = { servicesAtOnce: 1, promisedBy: /one after the other/i };
  const parsed = parseScenario({ id: 'restart', title: 'all restart', selfHealing: true, touches });
  if (!parsed.success) throw parsed.error;
  return bindTouches(parsed.data, names, await parseRunbook(text, 'r.md')).servicesAtOnce;
}

test('a promise is held against a runbook only if the runbook makes it', async () => {
  expect(await atOnce('# R\n\n## 1. Restart\n\nRestart them one after the other.\n')).toBe(1);
  expect(await atOnce('# R\n\n## 1. Restart\n\nStop all, then start all.\n')).toBeUndefined();
});

test('a procedure that may touch the service that is Redis may set it, unless the scenario says what it may', async () => {
  const redisOf = async (services: readonly string[], touches: object = {}) => {
    const health = { queues: 'all', services };
    const parsed = parseScenario({ id: 'full', title: 'Redis is full', selfHealing: true, health, touches });
    if (!parsed.success) throw parsed.error;
    return bindTouches(parsed.data, names, await parseRunbook('# R\n\n## 1. Full\n', 'r.md')).redis;
  };
  expect(await redisOf(['store'])).toEqual(['config|set']);
  expect(await redisOf(['mail'])).toEqual([]);
  expect(await redisOf(['mail'], { services: ['store'] })).toEqual(['config|set']);
  expect(await redisOf(['store'], { redis: [] })).toEqual([]);
  expect(await redisOf(['mail'], { redis: ['flushall'] })).toEqual(['flushall']);
});

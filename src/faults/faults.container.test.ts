import { Queue } from 'bullmq';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { sample } from '../../test/support/sample.ts';
import { backlogCase } from './testing/cases/backlog.ts';
import { containerFrozenCase } from './testing/cases/container-frozen.ts';
import { containerKilledCase } from './testing/cases/container-killed.ts';
import { crashLoopCase } from './testing/cases/crash-loop.ts';
import { delayedJobsCase } from './testing/cases/delayed-jobs.ts';
import { memoryExhaustedCase } from './testing/cases/memory-exhausted.ts';
import { poisonJobsCase } from './testing/cases/poison-jobs.ts';
import { proxyBandwidthCase } from './testing/cases/proxy-bandwidth.ts';
import { proxyDownCase } from './testing/cases/proxy-down.ts';
import { proxyLimitCase } from './testing/cases/proxy-limit.ts';
import { proxyResetCase } from './testing/cases/proxy-reset.ts';
import { proxySilentCase } from './testing/cases/proxy-silent.ts';
import { proxySlowCase } from './testing/cases/proxy-slow.ts';
import { queuesPausedCase } from './testing/cases/queues-paused.ts';
import { rateLimitStormCase } from './testing/cases/rate-limit-storm.ts';
import { testRedisAofStale } from './testing/cases/redis-aof-stale.ts';
import { redisMemoryFullCase } from './testing/cases/redis-memory-full.ts';
import { stuckJobsCase } from './testing/cases/stuck-jobs.ts';
import { jobsFor } from './testing/fault-case.ts';
import { service, startFaultFixture, type FaultFixture } from './testing/fault-fixture.ts';

// One sandbox for all faults: a start of its own for each would take longer than most of the tests.
let fixture: FaultFixture;
beforeAll(async () => void (fixture = await startFaultFixture()));
afterAll(() => fixture[Symbol.asyncDispose]());

const interrupted = (): AbortSignal => AbortSignal.abort(new Error('interrupted'));

const jobCases = [backlogCase, delayedJobsCase, poisonJobsCase, stuckJobsCase];
describe.each(sample('faults', jobCases, ({ spec }) => spec.kind))('$spec.kind', (faultCase) => {
  test('its jobs show in Redis', async () => {
    await fixture.reset();
    const fault = await fixture.inject(faultCase.spec);
    expect(fault.proof).toEqual({ tookEffect: true, evidence: expect.any(String) as string });
    await faultCase.expectBroken(fixture);
    await fault.heal();
  });

  test('an interrupt beforehand adds no jobs', async () => {
    await fixture.reset();
    const before = fixture.load.counts.acknowledged;
    await expect(fixture.inject(faultCase.spec, interrupted())).rejects.toThrow('interrupted');
    expect(fixture.load.counts.acknowledged - before).toBeLessThan(5);
  });

  faultCase.more?.(() => fixture);
});

const breakingCases = [
  containerKilledCase,
  containerFrozenCase,
  crashLoopCase,
  queuesPausedCase,
  proxyBandwidthCase,
  proxyDownCase,
  proxyLimitCase,
  proxyResetCase,
  proxySilentCase,
  proxySlowCase,
  rateLimitStormCase,
  redisMemoryFullCase,
  memoryExhaustedCase,
];
describe.each(sample('faults', breakingCases, ({ spec }) => spec.kind))(
  '$spec.kind',
  ({ spec, expectBroken, expectHealed, more }) => {
    test('its effect shows from outside, and healing ends it', async () => {
      const fault = await fixture.inject(spec);
      expect(fault.proof).toMatchObject({ tookEffect: true, evidence: expect.any(String) as string });
      await expectBroken(fixture);
      await fault.heal();
      await expectHealed?.(fixture);
      // A second healing finds nothing broken, and so changes nothing.
      const before = await fixture.state();
      await fault.heal();
      expect((await fixture.state()).startedAt).toBe(before.startedAt);
    });

    test('an interrupt half-way heals it', async () => {
      await expect(fixture.inject(spec, interrupted())).rejects.toThrow('interrupted');
      await expectHealed?.(fixture);
    });

    more?.(() => fixture);
  },
);

describe('redis-aof-stale', () => {
  testRedisAofStale(() => fixture);
});

// They wait out the whole time that a proof may take, so they wait together.
describe.concurrent('a fault without an effect', () => {
  beforeAll(() => fixture.expectLoad());

  test('poison that the workers accept does not count as poison', async () => {
    const jobs = jobsFor('normalize.email', 2);
    const fault = await fixture.inject({ kind: 'poison-jobs', jobs, reason: /^Invalid data/ });
    expect(fault.proof).toMatchObject({ tookEffect: false });
  });

  test('a configuration file that the worker can read causes no crash loop', async () => {
    const path = '/app/config/worker.json';
    const fault = await fixture.inject({ kind: 'crash-loop', service, path, content: '{}' });
    expect(fault.proof).toMatchObject({ tookEffect: false });
    await fault.heal();
    await fixture.expectHealthy();
  });
});

describe('the sandbox under the faults', () => {
  test('queues are of the BullMQ version that the fleet has', () => {
    const { versions, queueClass } = fixture.fleet;
    expect(versions).toEqual({
      bullmq: expect.stringMatching(/^5\./) as string,
      node: expect.stringMatching(/^v/) as string,
    });
    expect(queueClass).toBe(Queue);
  });

  test('the control ports answer the harness, and no procedure reaches them', async () => {
    const { fleet, sandbox } = fixture;
    const { url, token } = fleet.control;
    const answer = await fetch(`${url}/control/faults`, { headers: { authorization: `Bearer ${token}` } });
    expect(answer.status).toBe(200);
    await sandbox.operator.ensure();
    const curl = ['curl', '-s', '--max-time', '10', '-H', `Authorization: Bearer ${token}`];
    const tried = await sandbox.operator.run([...curl, 'http://external-apis:9100/control/faults']);
    expect(tried).toMatchObject({ exitCode: 7, stdout: '' });
    const toxics = await sandbox.operator.run([...curl, 'http://toxiproxy:8474/proxies']);
    expect(toxics).toMatchObject({ exitCode: 7, stdout: '' });
    const { host, port } = await sandbox.address('toxiproxy', 8474);
    expect((await fetch(`http://${host}:${port}/proxies`)).status).toBe(200);
  });

  test('a reset recreates a Redis with other settings', async () => {
    const { fleet, reset } = fixture;
    await reset();
    expect(await reset()).toEqual([]);
    await fleet.redis.config('SET', 'maxmemory-policy', 'allkeys-lru');
    expect(await reset()).toEqual([expect.stringMatching(/Redis.*recreated/)]);
    expect(await fleet.redis.config('GET', 'maxmemory-policy')).toEqual(['maxmemory-policy', 'noeviction']);
    expect(await reset()).toEqual([]);
  });

  test('a reset brings back a fleet whose containers were killed', async () => {
    const { fleet, sandbox, reset } = fixture;
    await fleet.redis.set('left', '1');
    await sandbox.kill('redis', 'SIGKILL');
    await sandbox.kill(service, 'SIGKILL');
    await reset();
    expect((await sandbox.containers()).map(({ state }) => state)).toEqual(Array.from({ length: 5 }, () => 'running'));
    expect(await fleet.redis.exists('left')).toBe(0);
  });
});

import path from 'node:path';
import { Queue } from 'bullmq';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { createSandboxClock } from '../kernel/clock.ts';
import { pollUntil } from '../kernel/poll-until.ts';
import { connectFleet, faultTarget, startLoad, type Fleet } from '../arm/fleet-session.ts';
import { resetFleet } from '../arm/reset-fleet.ts';
import { loadProject } from '../scenario/load-project.ts';
import { connectEngine } from '../sandbox/engine.ts';
import { takeLease } from '../sandbox/lease.ts';
import { removeSandbox } from '../sandbox/remove-sandbox.ts';
import type { ContainerFacts, Sandbox } from '../sandbox/sandbox.ts';
import { readSetupManifest } from '../sandbox/setup-manifest.ts';
import { startSandbox } from '../sandbox/start-sandbox.ts';
import type { FaultSpec } from '../scenario/define-scenario.ts';
import { findRetries } from '../telemetry/find-retries.ts';
import type { Load } from '../workload/generate-load.ts';
import { queueClassOf } from '../workload/queue-class.ts';
import { injectFault } from './faults.ts';

const directory = path.resolve(import.meta.dirname, '../..');
const service = 'worker-enrichment';
const queues = ['outreach.whatsapp.send', 'payment.webhook'];

let sandbox: Sandbox;
let fleet: Fleet;
let load: Load;
let pristine: ContainerFacts;
beforeAll(async () => {
  const { config } = await loadProject(directory);
  sandbox = await startSandbox({
    projectDir: directory,
    config,
    manifest: await readSetupManifest(directory),
    clock: createSandboxClock(5),
    startWithinMs: 120_000,
    lease: takeLease(directory, 'test'),
  });
  fleet = await connectFleet(sandbox, config);
  load = await startLoad(fleet, 'fault', 1, () => undefined);
  pristine = await state();
});
afterAll(async () => {
  await load.stop();
  fleet.redis.disconnect();
  await removeSandbox(await connectEngine(), { id: sandbox.id, projectDir: directory });
});

const state = async (): Promise<ContainerFacts> => {
  const found = (await sandbox.containers()).find((container) => container.service === service);
  if (!found) throw new Error(`no container of ${service}`);
  return found;
};
const isHealthy = (): Promise<true> =>
  pollUntil(async () => (await state()).health === 'healthy' || undefined, {
    what: `the health of ${service}`,
    withinMs: 60_000,
    everyMs: 100,
  }).then(() => true);
const pauseFlags = (): Promise<readonly number[]> =>
  Promise.all(queues.map((name) => fleet.redis.hexists(`bull:${name}:meta`, 'paused')));
const namesOf = (spec: FaultSpec): readonly string[] => {
  const selector = 'jobs' in spec ? spec.jobs.queues : queues;
  return typeof selector === 'object' && 'names' in selector ? selector.names : queues;
};
const inject = (spec: FaultSpec, signal = AbortSignal.timeout(90_000)) =>
  injectFault(spec, faultTarget(fleet, load, namesOf(spec)), signal);

/** What a client in a container of the fleet meets: the text it is answered, the code of its error, or `silence` for so long; sandbox ms. */
const meet = async (address: string, patienceMs = 60_000): Promise<string> => {
  const script = `
    const [host, port] = ${JSON.stringify(address)}.split(":");
    const tell = (text) => { console.log(text); process.exit(0); };
    const socket = require("node:net").connect(port, host, () => socket.write("PING\\r\\n\\r\\n"));
    socket.once("data", (data) => tell(String(data).slice(0, 5)));
    socket.once("error", (error) => tell(error.code));
    setTimeout(() => tell("silence"), ${patienceMs});`;
  return (await sandbox.exec('api', ['node', '-e', script])).trim();
};
const total = async (key: string, names: readonly string[]): Promise<number> => {
  const kinds = { wait: 'llen', active: 'llen' } as const;
  const counts = await Promise.all(
    names.map((name) =>
      key in kinds ? fleet.redis.llen(`bull:${name}:${key}`) : fleet.redis.zcard(`bull:${name}:${key}`),
    ),
  );
  return counts.reduce((sum, count) => sum + count, 0);
};
const jobsOf = (name: string, count: number, data: Record<string, unknown> = {}) => ({
  queues: { names: [name] },
  count,
  data,
  options: {},
});
/** Status and Retry-After of a call that a client in a container makes. */
const call = async (url: string): Promise<string> => {
  const script = `fetch("${url}", { method: "POST", body: "{}" }).then((r) => console.log(r.status, r.headers.get("retry-after")))`;
  return (await sandbox.exec('api', ['node', '-e', script])).trim();
};

interface Case {
  readonly spec: FaultSpec;
  /** What somebody else than the fault sees while it is in place, and once it is healed. */
  readonly broken: () => Promise<unknown>;
  readonly whole: () => Promise<unknown>;
}

const cases: readonly Case[] = [
  {
    spec: { kind: 'container-killed', service },
    broken: async () => expect(await state()).toMatchObject({ state: 'exited', exitCode: 137 }),
    whole: isHealthy,
  },
  {
    spec: { kind: 'container-frozen', service },
    broken: () => expect(sandbox.exec(service, ['true'])).rejects.toThrow(/paused/),
    whole: isHealthy,
  },
  {
    spec: { kind: 'crash-loop', service, path: '/app/config/worker.json', content: '{ "log":' },
    broken: async () => expect((await state()).restarts).toBeGreaterThanOrEqual(2),
    whole: isHealthy,
  },
  {
    spec: { kind: 'queues-paused', queues: { names: queues } },
    broken: async () => expect(await pauseFlags()).toEqual([1, 1]),
    whole: async () => expect(await pauseFlags()).toEqual([0, 0]),
  },
  {
    spec: { kind: 'proxy-down', proxy: 'redis' },
    broken: async () => expect(await meet('toxiproxy:6379')).toBe('ECONNREFUSED'),
    whole: async () => expect(await meet('toxiproxy:6379')).toBe('+PONG'),
  },
  {
    // Later than the client waits.
    spec: { kind: 'proxy-slow', proxy: 'redis', latency: 4000 },
    broken: async () => expect(await meet('toxiproxy:6379', 2000)).toBe('silence'),
    whole: async () => expect(await meet('toxiproxy:6379')).toBe('+PONG'),
  },
  {
    spec: { kind: 'proxy-silent', proxy: 'email' },
    broken: async () => expect(await meet('toxiproxy:9004', 2000)).toBe('silence'),
    whole: async () => expect(await meet('toxiproxy:9004')).toBe('HTTP/'),
  },
  {
    spec: { kind: 'rate-limit-storm', apis: ['anaf'], quiet: 600_000 },
    broken: async () => expect(await call('http://toxiproxy:9001/anaf')).toBe('429 600'),
    whole: async () => expect(await call('http://toxiproxy:9001/anaf')).not.toBe('429 600'),
  },
  {
    spec: { kind: 'redis-memory-full' },
    broken: () => expect(fleet.redis.set('probe', '1')).rejects.toThrow('OOM command not allowed'),
    whole: async () => expect(await fleet.redis.set('probe', '1')).toBe('OK'),
  },
  {
    spec: {
      kind: 'memory-exhausted',
      service,
      limit: 320 * 1024 * 1024,
      jobs: jobsOf('ingest.csv', 2, { rows: 1_500_000 }),
    },
    // The engine tells of the death first; the restart counts before it has happened.
    broken: () =>
      pollUntil(
        async () => {
          const seen = await state();
          return seen.restarts > 0 && seen.state === 'running';
        },
        { what: `a restart of ${service}`, withinMs: 10_000 },
      ),
    whole: async () => expect((await state()).setUp).toEqual(pristine.setUp),
  },
];

/** Jobs that are what is wrong: what takes them away is not for the fault to say, so there is nothing to be healed. */
const jobCases: readonly Pick<Case, 'spec' | 'broken'>[] = [
  {
    spec: { kind: 'backlog', jobs: jobsOf('scrape.website', 200) },
    broken: async () => expect(await total('wait', ['scrape.website'])).toBeGreaterThan(100),
  },
  {
    spec: { kind: 'delayed-jobs', jobs: jobsOf('geo.region', 50), delay: 600_000 },
    broken: async () => expect(await total('delayed', ['geo.region'])).toBe(50),
  },
  {
    spec: { kind: 'poison-jobs', jobs: jobsOf('normalize.email', 5, { cui: 'x' }), reason: /^Invalid data: cui/ },
    broken: async () => expect(await total('failed', ['normalize.email'])).toBe(5),
  },
  {
    spec: { kind: 'stuck-jobs', jobs: jobsOf('pipeline.orchestrate', 3, { waitsFor: 'x' }), age: 1_860_000 },
    broken: async () => {
      const [id = ''] = await fleet.redis.lrange('bull:pipeline.orchestrate:active', 0, 0);
      const times = await fleet.redis.hmget(`bull:pipeline.orchestrate:${id}`, 'timestamp', 'processedOn');
      for (const time of times) expect(sandbox.clock.now() - Number(time)).toBeGreaterThan(1_860_000);
      expect(await fleet.redis.exists(`bull:pipeline.orchestrate:${id}:lock`)).toBe(1);
    },
  },
];

test('a Redis that somebody set otherwise is made anew', async () => {
  expect(await resetFleet(fleet, AbortSignal.timeout(60_000))).toEqual([]);
  await fleet.redis.config('SET', 'maxmemory-policy', 'allkeys-lru');
  expect(await resetFleet(fleet, AbortSignal.timeout(60_000))).toEqual([
    'the reset found a change: Redis has other settings than at its start; the service was recreated',
  ]);
  expect(await fleet.redis.config('GET', 'maxmemory-policy')).toEqual(['maxmemory-policy', 'noeviction']);
  expect(await resetFleet(fleet, AbortSignal.timeout(60_000))).toEqual([]);
});

test('a retry is that of a job that failed, and not of one that is only delayed', async () => {
  await resetFleet(fleet, AbortSignal.timeout(60_000));
  const retry = async () => (await findRetries(fleet.redis, 'bull', queues))[0];
  await load.add({ queues: ['payment.webhook'], count: 1, data: {}, options: { delay: 3_600_000 } });
  expect(await retry()).toBeUndefined();
  const fault = await inject({ kind: 'proxy-down', proxy: 'whatsapp' });
  await load.add({ queues: ['outreach.whatsapp.send'], count: 1, data: {}, options: { attempts: 9 } });
  const due = await pollUntil(retry, { what: 'a job that will be tried again', withinMs: 20_000 });
  const inMs = due - sandbox.clock.now();
  expect(inMs).toBeGreaterThan(-5000);
  expect(inMs).toBeLessThan(600_000);
  await fault.heal();
});

describe.each(jobCases)('$spec.kind', ({ spec, broken }) => {
  test('its effect is seen by others', async () => {
    await resetFleet(fleet, AbortSignal.timeout(60_000));
    const fault = await inject(spec);
    expect(fault.proof).toEqual({ bit: true, evidence: expect.any(String) as string });
    await broken();
    await fault.heal();
  });

  test('an interrupt beforehand adds nothing', async () => {
    await resetFleet(fleet, AbortSignal.timeout(60_000));
    const before = load.counts.acknowledged;
    await expect(inject(spec, AbortSignal.abort(new Error('interrupted')))).rejects.toThrow('interrupted');
    expect(load.counts.acknowledged - before).toBeLessThan(5);
  });
});

test('when jobs that are stuck are set free, nobody is at them any more', async () => {
  const fault = await inject({
    kind: 'stuck-jobs',
    jobs: jobsOf('pipeline.orchestrate', 3, { waitsFor: 'x' }),
    age: 1_860_000,
  });
  const [id = ''] = await fleet.redis.lrange('bull:pipeline.orchestrate:active', 0, 0);
  const before = (await state()).startedAt;
  await fault.heal();
  expect(await fleet.redis.exists(`bull:pipeline.orchestrate:${id}`, `bull:pipeline.orchestrate:${id}:lock`)).toBe(0);
  expect((await state()).startedAt).not.toBe(before);
  await isHealthy();
});

test('a memory limit that is lowered is on the container at once, and its end leaves all limits as they were', async () => {
  const lift = await sandbox.limitMemory(service, 300 * 1024 * 1024);
  expect((await state()).setUp).toMatchObject({ 'memory limit': String(300 * 1024 * 1024) });
  await lift();
  expect((await state()).setUp).toEqual(pristine.setUp);
});

test('a poison that the workers swallow is no poison', async () => {
  const jobs = jobsOf('normalize.email', 2);
  const fault = await inject({ kind: 'poison-jobs', jobs, reason: /^Invalid data/ }, AbortSignal.timeout(120_000));
  expect(fault.proof).toMatchObject({ bit: false });
}, 120_000);

describe.each(cases)('$spec.kind', ({ spec, broken, whole }) => {
  test('its effect is seen by others, and healing takes it away', async () => {
    const fault = await inject(spec);
    expect(fault.proof).toEqual({ bit: true, evidence: expect.any(String) as string });
    await broken();
    await fault.heal();
    await whole();
    // What a procedure mended already is left alone.
    const before = await state();
    await fault.heal();
    expect((await state()).startedAt).toBe(before.startedAt);
  });

  test('an interrupt half-way heals it', async () => {
    await expect(inject(spec, AbortSignal.abort(new Error('interrupted')))).rejects.toThrow('interrupted');
    await whole();
  });
});

test.each([
  { version: '5.1.0', held: 'paused' },
  { version: '6.0.0', held: 'wait' },
  { version: 'unknown', held: 'paused' },
])('a pause, and a job that comes meanwhile, is that of BullMQ $version', async ({ version, held }) => {
  const name = `nobody-works-on.${version}`;
  const queueClass = await queueClassOf(version);
  const queue = new queueClass(name, { connection: { ...fleet.redisAddress, maxRetriesPerRequest: 1 } });
  const lists = () => Promise.all(['wait', 'paused'].map((list) => fleet.redis.llen(`bull:${name}:${list}`)));
  await queue.add('work', {});
  const target = { ...faultTarget(fleet, load, [name]), queueClass };
  const fault = await injectFault(
    { kind: 'queues-paused', queues: { names: [name] } },
    target,
    AbortSignal.timeout(20_000),
  );
  await queue.add('work', {});
  expect(fault.proof.bit).toBe(true);
  expect(await lists()).toEqual(held === 'wait' ? [2, 0] : [0, 2]);
  await fault.heal();
  expect(await lists()).toEqual([2, 0]);
  await queue.close();
});

test('the queue is of the version that the fleet has at hand', () => {
  expect(fleet.versions).toEqual({
    bullmq: expect.stringMatching(/^5\./) as string,
    node: expect.stringMatching(/^v/) as string,
  });
  expect(fleet.queueClass).toBe(Queue);
});

describe('redis-aof-stale', () => {
  const spec: FaultSpec = { kind: 'redis-aof-stale', by: 20_000 };
  const setting = async () => ((await fleet.redis.config('GET', 'appendonly')) as string[])[1];
  const whenForgetful = () =>
    pollUntil(async () => (await setting()) === 'no', { what: 'a Redis that forgets', withinMs: 10_000 });

  test('what was written before is kept, and what came in the meantime is gone', async () => {
    await fleet.redis.set('before', '1');
    const injecting = inject(spec);
    await whenForgetful();
    await fleet.redis.set('meanwhile', '1');
    const fault = await injecting;
    expect(fault.proof).toEqual({ bit: true, evidence: expect.stringContaining('20 s before its death') as string });
    expect([await fleet.redis.exists('before'), await fleet.redis.exists('meanwhile')]).toEqual([1, 0]);
    expect(await setting()).toBe('yes');
    await fault.heal();
    expect(await fleet.redis.ping()).toBe('PONG');
  });

  test('an interrupt half-way heals it, and Redis lives', async () => {
    const interrupt = new AbortController();
    const runId = async () => /run_id:(\w+)/.exec(await fleet.redis.info('server'))?.[1];
    const before = await runId();
    const injecting = inject(spec, interrupt.signal);
    await whenForgetful();
    interrupt.abort(new Error('interrupted'));
    await expect(injecting).rejects.toThrow('interrupted');
    expect([await setting(), await runId()]).toEqual(['yes', before]);
  });

  test('an interrupt beforehand changes nothing', async () => {
    await expect(inject(spec, AbortSignal.abort(new Error('interrupted')))).rejects.toThrow('interrupted');
    expect(await setting()).toBe('yes');
  });
});

test('a fault that does not bite says so', async () => {
  const fault = await inject({ kind: 'crash-loop', service, path: '/app/config/worker.json', content: '{}' });
  expect(fault.proof).toMatchObject({ bit: false });
  await fault.heal();
  await isHealthy();
});

test('a restart does not clear a crash loop, a new container does', async () => {
  const fault = await inject({ kind: 'crash-loop', service, path: '/app/config/worker.json', content: '{ "log":' });
  const before = (await state()).restarts;
  await sandbox.restart(service);
  await pollUntil(async () => (await state()).restarts > before + 1, {
    what: 'more restarts',
    withinMs: 30_000,
    everyMs: 50,
  });
  await sandbox.recreate(service);
  expect(await isHealthy()).toBe(true);
  await fault.heal();
});

test('the control port answers the harness, and no procedure gets to it', async () => {
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

test('a reset brings back a fleet that somebody wrecked', async () => {
  await fleet.redis.set('left', '1');
  await sandbox.kill('redis', 'SIGKILL');
  await sandbox.kill(service, 'SIGKILL');
  await resetFleet(fleet, AbortSignal.timeout(60_000));
  expect((await sandbox.containers()).map(({ state: now }) => now)).toEqual(Array.from({ length: 9 }, () => 'running'));
  expect(await fleet.redis.exists('left')).toBe(0);
});

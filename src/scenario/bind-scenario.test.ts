import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { parseRunbook } from '../runbook/parse-runbook.ts';
import { bindScenario, type BoundScenario } from './bind-scenario.ts';
import { parseConfig } from '../config/define-config.ts';
import { loadScenarios } from './load-scenarios.ts';

const runbook = `# R

## 1. Worker down

**Solution:**

\`\`\`bash
docker compose restart worker
\`\`\`

\`\`\`bash
docker compose up -d --force-recreate worker
\`\`\`

## 2. Mail lost

<!-- drillbook: id=resend timeout=late -->
\`\`\`bash
./resend.sh
\`\`\`

| Metric | Normal | Alert |
|---|---|---|
| delayed | few | > 100 |
`;
const queues = [
  { name: 'mail.send', service: 'worker' },
  { name: 'mail.track', service: 'worker' },
  { name: 'bill.send', service: 'biller' },
];
let folder = '';
beforeAll(async () => void (folder = await mkdtemp(path.join(tmpdir(), 'drillbook-bind-'))));
afterAll(() => rm(folder, { recursive: true }));

async function bind(prepare: (own: string) => Promise<void>): Promise<BoundScenario> {
  const own = await mkdtemp(path.join(folder, 's-'));
  await prepare(own);
  const [scenario] = await loadScenarios(own);
  const config = parseConfig({
    runbook: 'r.md',
    scenarios: 's',
    compose: 'c.yml',
    services: { redis: 'redis', api: 'api', effects: 'effects', workers: ['worker', 'biller'] },
    fleet: { queues },
    load: { jobsPerSecond: 1, data: () => ({}) },
    thresholds: {},
  });
  if (!scenario || !config.success) throw new Error('the test is wrong', { cause: config.error });
  return bindScenario(scenario, await parseRunbook(runbook, 'r.md'), config.data, ({ kind }) => `broken: ${kind}`);
}

function bindText(fields: string): Promise<BoundScenario> {
  const text = `export default {\n  id: 'one',\n  title: 'one',\n${fields}\n};\n`;
  return bind((own) => writeFile(path.join(own, 'one.scenario.ts'), text));
}

test('notes why it cannot run a block that cannot be read', async () => {
  const bound = await bindText(`
  fault: { kind: 'queues-paused', queues: 'all' },
  recovery: [{ run: '#resend' }, { run: '2 > bash[1]' }, { run: '1 > Solution > bash[1]' }],
  health: { queues: 'all', within: '2m' },`);
  expect(bound.plan.recovery.map(({ address }) => address)).toEqual(['1 > Solution > bash[1]']);
  const message = expect.stringMatching(
    /block at line 18, which cannot be read: annotation: `timeout=late`/,
  ) as unknown;
  const location = { file: 'r.md', line: 18 };
  expect(bound.plan.unbound).toMatchObject([
    { selector: '#resend', message, location },
    { selector: '2 > bash[1]', message, location },
  ]);
});

test('resolves selectors to procedures and queues', async () => {
  const bound = await bindText(`
  fault: { kind: 'queues-paused', queues: { service: 'worker' } },
  recovery: [{ run: '1 > Solution > bash[last]', args: ['x'] }],
  health: { queues: 'all', within: '2m' },`);
  expect(bound.faultQueues).toEqual(['mail.send', 'mail.track']);
  expect(bound.plan.unbound).toEqual([]);
  expect(bound.plan.sections).toEqual(['1']);
  const location = { file: 'r.md', line: 12, column: 1, endLine: 12 };
  expect(bound.plan.recovery).toEqual([{ address: '1 > Solution > bash[2]', location, shows: [], args: ['x'] }]);
  expect(bound.plan.health).toMatchObject({ queues: queues.map(({ name }) => name), withinMs: 120_000 });
  expect(bound.plan.fault).toEqual({ kind: 'queues-paused', summary: 'broken: queues-paused' });
});

test('records a block that the runbook lacks or has twice, because it is a verdict on the runbook', async () => {
  const bound = await bindText(
    `  diagnosis: [{ run: '9.9 > bash[1]' }, { run: '1 > Solution' }, { run: '9.9 > bash[1]' }],`,
  );
  expect(bound.diagnosis).toEqual([]);
  expect(bound.plan.unbound).toMatchObject([
    { selector: '9.9 > bash[1]', location: { file: 'r.md', line: 1 } },
    { selector: '1 > Solution', location: { file: 'r.md', line: 7 } },
  ]);
  expect(bound.plan.unbound[1]?.message).toMatch(/matches 2 blocks: .*bash\[1\].*bash\[2\]/);
});

test('records an alert threshold that the runbook lacks', async () => {
  const bound = await bindText(`
  fault: { kind: 'queues-paused', queues: 'all' },
  symptoms: [{ claim: 'over-threshold', metric: 'waiting' }],
  selfHealing: true,`);
  expect(bound.plan.symptoms).toEqual([]);
  expect(bound.plan.unbound).toMatchObject([
    { selector: 'the metric waiting', message: 'the runbook has no alert threshold for it', location: { line: 1 } },
  ]);
});

test('records why an alert threshold cannot be used', async () => {
  const bound = await bindText(`
  fault: { kind: 'queues-paused', queues: 'all' },
  symptoms: [{ claim: 'over-threshold', metric: 'delayed' }],
  selfHealing: true,`);
  expect(bound.plan.unbound).toMatchObject([
    {
      selector: 'the metric delayed',
      message: expect.stringMatching(/^the normal range of delayed cannot be read: `few`/) as unknown,
      location: { line: 24 },
    },
  ]);
});

test('resolves jobs, what a step achieves, and the repair', async () => {
  const bound = await bindText(`
  fault: { kind: 'poison-jobs', jobs: { queues: { service: 'biller' }, count: 2 }, reason: /x/ },
  burst: [{ queues: { service: 'worker' }, count: 3 }],
  mendedAfter: '5s',
  recovery: [{ run: '1 > bash[1]', achieves: [{ claim: 'paused', queues: 'all', value: false }] }],
  jobs: { removed: 2, removedFrom: { service: 'biller' }, removedOf: 'fault', duplicates: 3 },`);
  expect(bound.faultQueues).toEqual(['bill.send']);
  expect(bound.burst).toMatchObject([{ queues: ['mail.send', 'mail.track'], count: 3 }]);
  expect(bound.plan.mendedAfterMs).toBe(5000);
  expect(bound.plan.recovery[0]?.achieves).toMatchObject([{ claim: 'paused', text: 'every queue is not paused' }]);
  expect(bound.plan.jobs).toMatchObject({
    removed: 2,
    removedFrom: ['bill.send'],
    removedOf: 'fault',
    duplicates: 3,
  });
});

test('resolves the queues whose jobs a shown number counts', async () => {
  const bound = await bindText(`
  diagnosis: [{
    run: '1 > bash[1]',
    shows: [{ pattern: /waits: (\\d+)/i, means: 'it', counts: { queues: { service: 'worker' }, states: ['waiting'] } }],
  }],`);
  const counts = { queues: ['mail.send', 'mail.track'], states: ['waiting'] };
  expect(bound.plan.diagnosis[0]?.shows).toEqual([
    { source: String.raw`waits: (\d+)`, flags: 'i', means: 'it', counts },
  ]);
});

test('refuses a fault of a proxy if the fleet has no Toxiproxy', async () => {
  const bound = bindText(`
  fault: { kind: 'proxy-down', proxy: 'api' },
  selfHealing: true,`);
  await expect(bound).rejects.toMatchObject({
    code: 'SCENARIO_NO_TOXIPROXY',
    exitCode: 64,
    location: { line: 5 },
  });
});

test('leaves out a lesser remedy that is the cure itself', async () => {
  const bound = await bindText(`
  fault: { kind: 'container-killed', service: 'worker' },
  recovery: [{ run: '1 > Solution > bash[1]' }],
  control: { instead: [{ run: '1 > Solution > bash[1]' }, { run: '1 > Solution > bash[2]' }] },`);
  expect(bound.instead.map(({ procedure }) => procedure.address)).toEqual(['1 > Solution > bash[2]']);
});

test.each([
  ['unknown-service', 'SCENARIO_SERVICE_UNKNOWN', 4, /^fault\.service: expected one of .*, got worker-nowhere$/],
  ['unknown-fresh', 'SCENARIO_SERVICE_UNKNOWN', 4, /^fresh\.1: expected one of .*, got worker-nowhere$/],
  ['unknown-queue', 'SCENARIO_QUEUE_UNKNOWN', 7, /^health\.queues\.names\.1: the fleet has no queue mail\.lost$/],
  [
    'unknown-counted',
    'SCENARIO_QUEUE_UNKNOWN',
    12,
    /^diagnosis\.1\.shows\.0\.counts\.queues\.names\.1: .* mail\.lost$/,
  ],
])('refuses %s as a mistake in the scenario', async (name, code, line, says) => {
  const fixture = path.resolve(import.meta.dirname, `../../fixtures/scenarios-broken/${name}.scenario.ts.txt`);
  const bound = bind((own) => copyFile(fixture, path.join(own, `${name}.scenario.ts`)));
  await expect(bound).rejects.toMatchObject({
    code,
    exitCode: 64,
    location: { line },
    message: expect.stringMatching(says) as string,
  });
});

import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';

import { enrichmentFleet, service } from '../src/faults/testing/fault-fixture.ts';
import type { Arm, HistoryEvent } from '../src/history/events.ts';
import { pollUntil } from '../src/kernel/poll-until.ts';
import type { FaultSpec } from '../src/scenario/fault-spec.ts';
import { followHistory } from './support/follow-history.ts';
import { startDrillbook, unhurried } from './support/run-drillbook.ts';
import { sample } from './support/sample.ts';
import { createSmallProject } from './support/small-project.ts';
import { runInOperator, spyInOperator, type Part } from './support/spy-in-operator.ts';

const queue = 'scrape.website';
const jobsOf = (name: string, count: number, data = '{}'): string =>
  `{ queues: { names: ['${name}'] }, count: ${count}, data: ${data} }`;

/** Every fault, as a scenario writes it without its kind. */
const faults: Readonly<Record<FaultSpec['kind'], string>> = {
  'container-killed': `service: '${service}'`,
  'container-frozen': `service: '${service}'`,
  'crash-loop': `service: '${service}', path: '/app/config/worker.json', content: '{'`,
  'queues-paused': `queues: { names: ['${queue}'] }`,
  'proxy-down': `proxy: 'redis'`,
  'proxy-slow': `proxy: 'redis', latency: '4s'`,
  'proxy-silent': `proxy: 'email'`,
  'proxy-bandwidth': `proxy: 'redis', rate: 10`,
  'proxy-reset': `proxy: 'redis', timeout: '2s'`,
  'proxy-limit': `proxy: 'redis', bytes: 20_000`,
  'rate-limit-storm': `apis: ['anaf'], quiet: '10m'`,
  backlog: `jobs: ${jobsOf(queue, 200)}`,
  'delayed-jobs': `jobs: ${jobsOf('geo.region', 50)}, delay: '10m'`,
  'poison-jobs': `jobs: ${jobsOf('normalize.email', 5, "{ cui: 'x' }")}, reason: /^Invalid data: cui/`,
  'stuck-jobs': `jobs: ${jobsOf('pipeline.orchestrate', 3, "{ waitsFor: 'x' }")}, age: '31m'`,
  'memory-exhausted': `service: '${service}', limit: '320m', jobs: ${jobsOf('ingest.csv', 2, '{ rows: 1_500_000 }')}`,
  'redis-aof-stale': `by: '20s'`,
  'redis-memory-full': '',
};
const kinds = Object.keys(faults) as FaultSpec['kind'][];
/** The recovery below mends this one. The others heal by themselves after the look, so that their arms end soon. */
const mended = 'queues-paused';
const drawn: readonly FaultSpec['kind'][] = [
  mended,
  ...sample('no-leaks', kinds, (kind) => kind).filter((kind) => kind !== mended),
];

const idOf = (kind: FaultSpec['kind']): string => `exam-${kind}`;
const titleOf = (kind: FaultSpec['kind']): string => `the fleet suffers from ${kind}`;
const scenarioOf = (kind: FaultSpec['kind']): string => `import { defineScenario } from '../../../src/index.ts';
export default defineScenario({
  id: '${idOf(kind)}',
  title: '${titleOf(kind)}',
  fault: { kind: '${kind}', ${faults[kind]} },
  diagnosis: [{ run: '2.1 > Diagnosis > bash[1]' }],
  ${kind === mended ? '' : "mendedAfter: '1s',"}
  recovery: [{ run: '2.1 > Solution > bash[1]' }],
  jobs: { failed: 1_000_000 },
  health: { queues: { names: ['${queue}'] }, sustain: '10s', within: '60s' },
});
`;

/** The diagnosis waits until the test has looked around, so the fault lasts as long. */
const looked = '/tmp/looked';
const fence = '```';
const runbook = `# Runbook of a small fleet

> **Version:** 1

## 2. Failures

### 2.1 Something is wrong

**Diagnosis:**

${fence}bash
until [ -e ${looked} ]; do sleep 1; done
${fence}

**Solution:**

${fence}bash
docker compose exec -T api node -e '
const { Queue } = require("bullmq");
const queue = new Queue("${queue}", { connection: { host: "redis" } });
queue.resume().then(() => queue.close());
'
${fence}

## 3. Monitoring

### 3.1 Key metrics

| Metric | Normal range | Alert threshold |
|---|---|---|
| \`waiting\` jobs | < 100 | > 500 |
`;

/** What names the exam. The characters around a name must not make it part of another one. */
const telling = new RegExp(
  `(?<![\\w-])(?:${[...kinds.flatMap((kind) => [idOf(kind), titleOf(kind), kind]), 'drillbook-probe']
    .map((name) => RegExp.escape(name))
    .join('|')})(?![\\w-])|\\bexam-|\\b(?:treatment|control)\\b`,
  'gi',
);

/** What names the exam in each part, once, with some text around it. */
function hitsIn(seen: ReadonlyMap<Part, string>): readonly string[] {
  return [...seen].flatMap(([part, text]) => {
    const hits = new Map<string, string>();
    for (const { 0: name, index } of text.matchAll(telling))
      if (!hits.has(name)) hits.set(name, `${part}: ${text.slice(Math.max(0, index - 60), index + 60)}`);
    return [...hits.values()];
  });
}

interface Look {
  readonly kind: string;
  readonly arm: Arm;
  readonly seen: ReadonlyMap<Part, string>;
}

function expectNoLeak({ kind, arm, seen }: Look): void {
  // The look was a look: each part shows something of the fleet.
  expect(seen.get('processes')).toContain('COMPOSE_PROJECT_NAME=');
  expect(seen.get('files')).toContain('redis-server, --appendonly');
  expect(seen.get('containers')).toContain('"NetworkSettings"');
  expect(seen.get('networks')).toContain('"Internal": true');
  expect(seen.get('volumes')).toContain('redis-data');
  // The engine keeps the last 256 events only.
  expect(seen.get('events')).toMatch(/ container \w+/);
  expect(seen.get('logs')).toMatch(/^redis-1 /m);
  const sizes = [...seen].map(([part, text]) => `${part} ${text.length}`);
  process.stdout.write(`no-leaks: ${kind} (${arm}): ${sizes.join(', ')} characters\n`);
  expect(hitsIn(seen), `${kind}, ${arm}`).toEqual([]);
}

/** Runs the scenarios, and looks around in the operator while each of their faults lasts. */
async function lookAround(directory: string): Promise<{ readonly looks: readonly Look[]; readonly said: string }> {
  const looks: Look[] = [];
  const only = drawn.flatMap((kind) => ['--only', idOf(kind)]);
  await using run = startDrillbook(['verify', '--sandboxes', '1', ...unhurried, ...only], { cwd: directory });
  await using history = followHistory(directory, run.child.pid ?? 0);
  let ended = false;
  void run.ended.then(() => (ended = true));
  const isDiagnosis = (event: HistoryEvent): boolean =>
    event.type === 'procedure.started' && event.purpose === 'diagnosis';
  for (let next = 0; ;) {
    const found = await pollUntil(
      async () => {
        const isOver = ended;
        await history.read();
        const index = history.events.findIndex((event, at) => at >= next && isDiagnosis(event));
        return index >= 0 ? index : isOver && 'over';
      },
      { what: 'a diagnosis, or the end of the run', withinMs: 300_000, everyMs: 50 },
    );
    if (found === 'over') return { looks, said: run.seen() };
    next = found + 1;
    const { scenario = '', arm = 'treatment' } = history.events[found] ?? {};
    const [id = '', ...others] = await readdir(path.join(directory, '.drillbook/sandboxes'));
    expect(others).toEqual([]);
    const look = { kind: scenario.replace(/^exam-/, ''), arm, seen: await spyInOperator(`drillbook-${id}`) };
    await history.read();
    expect(history.events.slice(next).filter(({ type }) => type === 'fault.healed')).toEqual([]);
    await runInOperator(`drillbook-${id}`, `touch ${looked}`);
    expectNoLeak(look);
    looks.push(look);
  }
}

test('the operator sees nothing that names the scenario, the arm or the fault', async () => {
  await using project = await createSmallProject({
    ...(await enrichmentFleet()),
    'runbook.md': runbook,
    ...Object.fromEntries(drawn.map((kind) => [`scenarios/${kind}.scenario.ts`, scenarioOf(kind)])),
  });
  const { looks, said } = await lookAround(project.directory);
  expect(
    looks
      .filter(({ arm }) => arm === 'treatment')
      .map(({ kind }) => kind)
      .toSorted(),
    said,
  ).toEqual(drawn.toSorted());
  expect(
    looks.filter(({ arm }) => arm === 'control').map(({ kind }) => kind),
    said,
  ).toContain(mended);
}, 3_600_000);

import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';

import { readHistory } from '../src/history/reader.ts';
import { pollUntil } from '../src/kernel/poll-until.ts';
import { residueOf } from './support/residue.ts';
import {
  projectDir,
  runDrillbook,
  startDrillbook,
  unmet,
  verify,
  verifyAsConfigured,
} from './support/run-drillbook.ts';
import { sampleTests } from './support/sample.ts';
import { createSmallProject } from './support/small-project.ts';

const runs = sampleTests('sandboxes', ['at once', 'demanding', 'interrupted', 'rebuilt', 'left process']);

/** Start and end of each arm, real ms since the start of the run. */
async function armsOf(history: string): Promise<ReadonlyMap<string, readonly [number, number]>> {
  const arms = new Map<string, readonly [number, number]>();
  for await (const { type, t, scenario, arm } of readHistory(history)) {
    const name = `${scenario} ${arm}`;
    if (type === 'arm.started') arms.set(name, [t, Infinity]);
    if (type === 'arm.ended') arms.set(name, [arms.get(name)?.[0] ?? NaN, t]);
  }
  return arms;
}

test.runIf(runs('at once'))(
  'two scenarios run at once, each with its own verdicts; both sandboxes leave logs and are removed',
  async () => {
    const config = await readFile(path.join(projectDir, 'fixtures/small-fleet/drillbook.config.ts'), 'utf8');
    await using project = await createSmallProject({
      'drillbook.config.ts': config.replace('timeScale: 10,', 'timeScale: 10,\n  sandboxes: 2,'),
    });
    const cwd = project.directory;
    const { report, folder, code, stderr } = await verifyAsConfigured([], { cwd });
    expect(report.scenarios.map(({ id, checks }) => [id, unmet(checks)])).toEqual([
      ['health', {}],
      ['worker-down', {}],
    ]);
    expect(code).toBe(0);
    for (const { ledger } of report.scenarios) expect(ledger).toMatchObject({ lost: 0, whole: true });

    const arms = await armsOf(path.join(folder, 'history.jsonl'));
    const [health, down] = [arms.get('health treatment'), arms.get('worker-down treatment')];
    if (!health || !down) throw new Error(`the arms are ${[...arms.keys()].join(', ')}`);
    expect(Math.max(health[0], down[0])).toBeLessThan(Math.min(health[1], down[1]));
    expect(stderr).toMatch(/health treatment baseline/);
    expect(await readdir(folder)).toEqual(expect.arrayContaining(['redis.log', 'redis-2.log']));
    expect(await residueOf(cwd)).toEqual([]);
  },
);

test.runIf(runs('demanding'))(
  'two demanding scenarios run one after the other, although there are two sandboxes',
  async () => {
    const demanding = async (name: string): Promise<Readonly<Record<string, string>>> => {
      const file = `scenarios/${name}.scenario.ts`;
      const text = await readFile(path.join(projectDir, 'fixtures/small-fleet', file), 'utf8');
      return { [file]: text.replace('defineScenario({', 'defineScenario({\n  demanding: true,') };
    };
    await using project = await createSmallProject({
      ...(await demanding('health')),
      ...(await demanding('worker-down')),
    });
    const { report, folder } = await verify(['--sandboxes', '2'], { cwd: project.directory });
    expect(report.scenarios.map(({ id, checks }) => [id, unmet(checks)])).toEqual([
      ['health', {}],
      ['worker-down', {}],
    ]);
    const arms = await armsOf(path.join(folder, 'history.jsonl'));
    const spans = [...arms.values()].toSorted(([a], [b]) => a - b);
    expect(spans).toHaveLength(3);
    for (const [index, [begun]] of spans.slice(1).entries())
      expect(begun).toBeGreaterThanOrEqual(spans[index]?.[1] ?? Infinity);
    expect(await readdir(folder)).toEqual(expect.arrayContaining(['redis.log', 'redis-2.log']));
  },
);

test.runIf(runs('interrupted'))('an interrupt removes both sandboxes', async () => {
  await using project = await createSmallProject();
  const cwd = project.directory;
  await using run = startDrillbook(['verify', '--sandboxes', '2'], { cwd });
  await pollUntil(() => /health treatment baseline/.test(run.seen()) && /worker-down treatment/.test(run.seen()), {
    what: 'both scenarios under way',
    withinMs: 120_000,
  });
  run.child.kill('SIGINT');
  const { code, stderr } = await run.ended;
  expect(code, stderr).toBe(130);
  expect(await residueOf(cwd)).toEqual([]);
});

test('`--keep` is refused with several sandboxes', async () => {
  await using project = await createSmallProject();
  const { code, stderr } = await runDrillbook(['verify', '--sandboxes', '2', '--keep'], { cwd: project.directory });
  expect(stderr).toMatch(/--keep leaves one sandbox up.*FLAGS_CONTRADICT/s);
  expect(code).toBe(64);
});

const fence = '```';
const wreck = `
### 1.2 A wreck

${fence}bash
docker network disconnect "\${COMPOSE_PROJECT_NAME}_default" "$(docker compose ps -q worker-nurturing)"
${fence}

## 2. Failures
`;
const wrecking = `import { defineScenario } from '../../../src/index.ts';
export default defineScenario({
  id: 'a-wreck',
  title: 'a procedure takes a container off the network, and no reset brings it back',
  maintenance: [{ run: '1.2 > bash[1]' }],
  health: { services: ['worker-nurturing'], sustain: '10s', within: '20s' },
});
`;

test.runIf(runs('rebuilt'))(
  'a sandbox that no reset can repair is rebuilt, and the next scenario is not affected',
  async () => {
    const runbook = await readFile(path.join(projectDir, 'fixtures/small-fleet/runbook.md'), 'utf8');
    await using project = await createSmallProject({
      'runbook.md': runbook.replace('\n## 2. Failures\n', wreck),
      'scenarios/a-wreck.scenario.ts': wrecking,
    });
    const cwd = project.directory;
    const { report, folder, code, stderr } = await verify(['--only', 'a-wreck', 'health'], { cwd });
    expect(report.scenarios.map(({ id, verdict }) => [id, verdict])).toEqual([
      ['a-wreck', 'fail'],
      ['health', 'pass'],
    ]);
    expect(unmet(report.checks)).toEqual({});
    expect(report.notes).toContain('no steady state for health: its sandbox is rebuilt, and the scenario starts again');
    expect(stderr).toMatch(/note: no steady state for health/);
    expect(await readdir(folder)).toEqual(expect.arrayContaining(['redis.log', 'redis-2.log']));
    expect(await residueOf(cwd)).toEqual([]);
    expect(code).toBe(1);
  },
);

const squat = `
### 1.2 A look that never ends

${fence}bash
docker compose exec -d -T api sleep 54321
${fence}

## 2. Failures
`;
const squatting = `import { defineScenario } from '../../../src/index.ts';
export default defineScenario({
  id: 'a-squatter',
  title: 'a procedure leaves a process in the fleet',
  maintenance: [{ run: '1.2 > bash[1]' }],
  health: { services: ['worker-nurturing'], sustain: '10s', within: '20s' },
});
`;

test.runIf(runs('left process'))(
  'a process that a procedure leaves in the fleet fails its scenario, and is gone before the next one',
  async () => {
    const runbook = await readFile(path.join(projectDir, 'fixtures/small-fleet/runbook.md'), 'utf8');
    await using project = await createSmallProject({
      'runbook.md': runbook.replace('\n## 2. Failures\n', squat),
      'scenarios/a-squatter.scenario.ts': squatting,
    });
    const cwd = project.directory;
    const { report, code } = await verify(['--only', 'a-squatter', 'health'], { cwd });
    expect(report.scenarios.map(({ id, verdict }) => [id, verdict])).toEqual([
      ['a-squatter', 'fail'],
      ['health', 'pass'],
    ]);
    expect(unmet(report.scenarios[0]?.checks ?? [])).toEqual({
      'blast-radius': 'fail: a procedure left something behind: api still runs `sleep 54321`',
    });
    expect(report.notes).toEqual(['the reset found a change: api still runs `sleep 54321`; the service was recreated']);
    expect(await residueOf(cwd)).toEqual([]);
    expect(code).toBe(1);
  },
);

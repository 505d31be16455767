import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';

import { mutationRecord } from '../src/mutation/mutation-score.ts';
import { projectDir, runDrillbook } from './support/run-drillbook.ts';
import { createSmallProject } from './support/small-project.ts';

/** Files of a project that declares these mutants as equivalent. */
async function withEquivalent(text: string): Promise<Readonly<Record<string, string>>> {
  const config = await readFile(path.join(projectDir, 'fixtures/small-fleet/drillbook.config.ts'), 'utf8');
  return {
    'drillbook.config.ts': config.replace('timeScale: 10,', "timeScale: 10,\n  equivalentMutants: 'equivalent.json',"),
    'equivalent.json': text,
  };
}

test('a mutant that a scenario notices is killed, another one survives, and a series can be resumed', async () => {
  await using project = await createSmallProject(
    await withEquivalent(
      '[{ "operator": "swap-steps", "before": "docker compose ps --all", "reason": "who asks first changes nothing" }]',
    ),
  );
  const cwd = project.directory;
  const listed = await runDrillbook(['mutate', '--list'], { cwd });
  const idOf = (before: string): string => {
    const line = listed.stdout.split('\n').find((text) => text.startsWith('drop-step') && text.includes(before));
    return line?.split(' ')[0] ?? `no mutant of ${before}`;
  };
  const [seen, unseen] = [idOf('redis-cli ping'), idOf('docker compose ps --all  ->')];

  const mutants = ['swap-steps:10', seen, unseen];
  // One sandbox: where two start at once, this machine is too busy for a verdict.
  const run = await runDrillbook(['mutate', '--only', 'health', '--mutant', ...mutants, '--sandboxes', '1'], { cwd });
  expect(run.stdout, run.stderr).toMatch(/score 50 %: 1 killed, 1 survived, 1 equivalent, 0 untouched, 0 inconclusive/);
  expect(run.code).toBe(1);
  const file = path.join(cwd, /^record: (.+)$/m.exec(run.stderr)?.[1] ?? '');
  const { outcomes } = mutationRecord.parse(JSON.parse(await readFile(file, 'utf8')));
  const fates = Object.fromEntries(outcomes.map(({ id, fate, scenario }) => [id, [fate, scenario]]));
  expect(fates).toEqual({
    'swap-steps:10': ['equivalent', undefined],
    [seen]: ['killed', 'health'],
    [unseen]: ['survived', undefined],
  });

  const resumed = await runDrillbook(
    ['mutate', '--only', 'health', '--mutant', seen, unseen, '--resume', path.dirname(file), '--min-score', '50'],
    { cwd },
  );
  expect(resumed.stdout).toMatch(/score 50 %/);
  expect(resumed.stdout).not.toMatch(/^(?:killed|survived) +drop-step/m);
  expect(resumed.stdout).toMatch(/^drop-step +50 % +1 +1 /m);
  expect(resumed.code).toBe(0);

  // No time is left: no mutant starts, and a good score of some does not pass for all.
  const late = await runDrillbook(
    ['mutate', '--only', 'health', '--resume', path.dirname(file), '--min-score', '50', '--at-most', '1ms'],
    { cwd },
  );
  expect(late.stdout, late.stderr).not.toMatch(/^killed/m);
  expect(late.code).toBe(2);

  // An inconclusive mutant runs again, although its folder exists: an interrupted series leaves one too.
  const record = mutationRecord.parse(JSON.parse(await readFile(file, 'utf8')));
  const unknown = { fate: 'inconclusive', scenario: 'health', reason: 'a busy machine' } as const;
  const retried = record.outcomes.map((one) => (one.id === seen ? { ...one, ...unknown } : one));
  await writeFile(file, JSON.stringify({ ...record, outcomes: retried }));
  const again = await runDrillbook(
    ['mutate', '--only', 'health', '--mutant', seen, unseen, '--resume', path.dirname(file), '--min-score', '50'],
    { cwd },
  );
  expect(again.stdout, again.stderr).toMatch(/^killed +drop-step/m);
  expect(again.stdout).toMatch(/score 50 %/);
});

test('an equivalent mutant that the runbook no longer has is refused', async () => {
  await using project = await createSmallProject(
    await withEquivalent('[\n  { "operator": "drop-step", "before": "sleep 99", "reason": "who waits, waits" }\n]\n'),
  );
  const { code, stderr } = await runDrillbook(['mutate', '--list'], { cwd: project.directory });
  expect(stderr).toMatch(/equivalent\.json:2: the runbook has no mutant drop-step of sleep 99; .*MUTANT_STALE/);
  expect(code).toBe(64);
});

test('unusable input is one clear error, and nothing is started', async () => {
  await using project = await createSmallProject();
  const cwd = project.directory;
  for (const [flags, says] of [
    [['--mutant', 'drop-step:1'], /there is no mutant drop-step:1.*MUTANT_UNKNOWN/],
    [['--resume', 'nowhere'], /nowhere\/mutation\.json:1.*cannot be read.*RECORD_INVALID/],
    [['--only', 'nothing'], /there is no scenario nothing.*SCENARIO_UNKNOWN/],
    [['--min-score', 'many'], /expected a whole number/],
    [['--sample', 'few'], /expected a whole number/],
    [['--sample', '3', '--alerts'], /--sample is for mutants of the blocks.*FLAGS_CONTRADICT/],
    [['--at-most', 'long'], /expected a duration such as 90m or 5h/],
  ] as const) {
    const { code, stderr } = await runDrillbook(['mutate', ...flags], { cwd });
    expect(stderr.replaceAll('\n', ' ')).toMatch(says);
    expect(code).toBe(64);
  }
});

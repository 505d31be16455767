import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';

import { pollUntil } from '../src/kernel/poll-until.ts';
import { runReportSchema } from '../src/verdict/run-report.ts';
import { projectDir, startDrillbook } from './support/run-drillbook.ts';
import { sandboxObjects } from './support/sandbox-objects.ts';

test.each([
  { phase: 'baseline', signal: 'SIGINT' },
  { phase: 'detect', signal: 'SIGTERM' },
  { phase: 'recover', signal: 'SIGINT' },
] as const)('$signal in $phase: healed, torn down, reported, exit 130', async ({ phase, signal }) => {
  await using run = startDrillbook(['verify', '--only', 'container-down']);
  await pollUntil(() => run.seen().includes(phase), { what: `the phase ${phase}`, withinMs: 120_000 });
  run.child.kill(signal);
  const { code, stderr } = await run.ended;
  const folder = /^report: (.+)$/m.exec(stderr)?.[1];
  const report = runReportSchema.parse(
    JSON.parse(await readFile(path.join(projectDir, folder ?? 'none', 'report.json'), 'utf8')),
  );
  expect(report).toMatchObject({ exitCode: 130, interrupted: expect.stringContaining(signal) as string });
  expect(await sandboxObjects()).toEqual([]);
  expect(code).toBe(130);
});

test('an interrupt before the fleet is up leaves nothing either', async () => {
  await using run = startDrillbook(['verify', '--only', 'container-down']);
  await pollUntil(async () => (await sandboxObjects()).length > 0, {
    what: 'the first container or network',
    withinMs: 60_000,
  });
  run.child.kill('SIGINT');
  const { code } = await run.ended;
  expect(await sandboxObjects()).toEqual([]);
  expect(code).toBe(130);
});

test('what a killed run left is cleared by the next, and nothing else', async () => {
  await using dead = startDrillbook(['verify', '--only', 'health-check']);
  await pollUntil(() => dead.seen().includes('baseline'), { what: 'the baseline', withinMs: 120_000 });
  dead.child.kill('SIGKILL');
  await dead.ended;
  expect(await sandboxObjects()).not.toEqual([]);
  const next = await startDrillbook(['verify', '--only', 'health-check']).ended;
  expect(next.code).toBe(0);
  expect(await sandboxObjects()).toEqual([]);
});

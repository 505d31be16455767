import { describe, expect, test } from 'vitest';

import { redactedMark } from '../../history/redaction.ts';
import { ArmRecord } from '../../record/arm-record.ts';
import { pairSteps } from '../../record/pair-steps.ts';
import { checkOf, checksOf, judgeEvents, judgeRun, step, unmetBy } from '../testing/judge-recording.ts';
import { file, recordRun, recovery, type Recording } from '../testing/record-run.ts';

test('fails when the block ends with 0 although its first command failed', async () => {
  const commands = [
    { text: 'docker compose exec api node -e " …', exitCode: 1, output: 'Error: Queue name cannot contain :' },
    {},
  ];
  const report = await judgeRun({ commands });
  const check = report.scenarios[0]?.checks.find(({ id }) => id === 'recovery:3.2 > Solution > bash[1]');
  expect(check).toMatchObject({ verdict: 'fail', locations: [{ file, line: 31 }] });
  expect(check?.findings).toEqual([
    expect.objectContaining({
      message: expect.stringContaining('and the block still ended with 0') as string,
      cause: 'BullMQ 5 refuses a colon in a queue name',
      exitCode: 1,
    }),
  ]);
});

test('passes with the exit status that the runbook announces, and fails with another', async () => {
  const usage = { commands: [{ text: 'exit 1', exitCode: 1 }], procedure: { exitCode: 1 } };
  expect(await unmetBy({ ...usage, expectExit: 1 })).toEqual({});
  expect(await unmetBy({ procedure: { exitCode: 0 }, expectExit: 1 })).toEqual({
    'recovery:3.2 > Solution > bash[1]': 'fail: the block ended with 0; it should end with 1',
  });
});

test.each([
  [503, 'pass'],
  [404, 'fail'],
])('a diagnosis that asks a service and gets %i: %s', async (httpStatus, verdict) => {
  const diagnosisCommands = [{ text: 'curl -s http://api/health', exitCode: 0, httpStatus }];
  expect((await checksOf({ diagnosisCommands }))['diagnosis:3.2 > Diagnosis > bash[1]']?.split(':')[0]).toBe(verdict);
});

describe('a block that ends with the exit code of its last command', () => {
  const follow = { text: 'timeout 20 docker compose logs -f', limited: true, exitCode: 124, isLast: true };
  const writer = { text: 'docker compose logs', intoPipe: true, reader: 'left' as const, exitCode: 255, isLast: true };
  const check = async (commands: Recording['commands'], exitCode: number): Promise<string | undefined> =>
    (await unmetBy({ ...(commands && { commands }), procedure: { exitCode } }))[`recovery:${recovery}`];

  test('passes if that code is no failure', async () => {
    expect(await check([{}, follow], 124)).toBeUndefined();
    expect(await check([{}, writer, { text: 'head -3', isLast: true }], 255)).toBeUndefined();
  });

  test('fails if the command is not the last one, because the rest did not run', async () => {
    expect(await check([{}, { ...follow, isLast: false }], 124)).toBe('fail: the block ended with 124');
    expect(await check([{}, { ...writer, isLast: false }], 255)).toBe('fail: the block ended with 255');
  });

  test('fails if the code is another one', async () => {
    expect(await check([{}, follow], 1)).toBe('fail: the block ended with 1');
  });
});

describe('maintenance of a healthy fleet', () => {
  const plan = { fault: undefined, symptoms: [], recovery: [], maintenance: [step()] };

  test('passes when it leaves the fleet healthy', async () => {
    const checks = await checksOf({ plan });
    expect(checks).toMatchObject({ [`maintenance:${recovery}`]: 'pass', recovered: 'pass', 'no-wedge': 'pass' });
    expect(Object.values(checks).filter((verdict) => verdict !== 'pass')).toEqual([]);
  });

  test('fails when it breaks the fleet', async () => {
    expect(await checkOf('recovered', { plan, cure: (world) => (world.paused = true) })).toBe(
      'fail: not healthy within 60 s: the queue mail is paused',
    );
  });

  test('fails when one of its commands fails', async () => {
    const checks = await checksOf({ plan, commands: [{ exitCode: 3 }] });
    expect(checks[`maintenance:${recovery}`]).toMatch(/^fail: .* failed with 3/);
  });
});

test('a redacted output shows nothing and hides nothing: what it should show is unknown', async () => {
  const diagnosisOutput = `paused: mail ${redactedMark}`;
  expect(await checksOf({})).toMatchObject({
    'shows:3.2 > Diagnosis > bash[1]': expect.stringMatching(/^pass/) as string,
  });
  expect(await checksOf({ diagnosisOutput })).toMatchObject({
    'shows:3.2 > Diagnosis > bash[1]': expect.stringMatching(/^inconclusive: .*redacted/) as string,
  });
  const unproved = { text: '((n))', exitCode: 1, arithmetic: true, output: redactedMark };
  expect(Object.values(await checksOf({ commands: [unproved] })).join('\n')).toMatch(/^fail: .*failed with 1/m);
});

test('a block that is planned twice and ran once counts as one run', async () => {
  const plan = { recovery: [step({ shows: [{ source: 'resumed', flags: '', means: 'it' }] }), step()] };
  const events = recordRun({ plan });
  const second = events.findLastIndex(({ type, arm }) => type === 'procedure.started' && arm === 'treatment');
  const once = events.filter((_, index) => index < second || index > second + 2);
  expect(once.length).toBe(events.length - 3);
  const report = await judgeEvents(once);
  expect(report.scenarios[0]?.checks.filter(({ message }) => message === 'it was not run')).toHaveLength(1);

  const arm = new ArmRecord();
  for (const event of events) if (event.arm === 'treatment') arm.push(event);
  const planned = events.find((event) => event.type === 'scenario.planned')?.plan;
  if (!planned) throw new Error('no plan');
  const runs = pairSteps(planned, arm).map(({ record }) => record?.started.t);
  expect(new Set(runs).size).toBe(3);
});

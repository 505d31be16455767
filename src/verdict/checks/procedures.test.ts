import { describe, expect, test } from 'vitest';

import type { ProcedureEnded } from '../../history/events.ts';
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

describe('a command', () => {
  const check = async (recording: Recording): Promise<string | undefined> =>
    (await unmetBy(recording))['recovery:3.2 > Solution > bash[1]'];

  test.each<{ readonly what: string; readonly command: object; readonly says: string | undefined }>([
    { what: 'may fail as a condition', command: { role: 'condition', exitCode: 1 }, says: undefined },
    {
      what: 'may not fail within a pipeline',
      command: { pipeIndex: 0, intoPipe: true, exitCode: 2 },
      says: 'fail: `docker compose ps` failed with 2',
    },
    {
      what: 'may fail within a pipeline whose reader is gone',
      command: { pipeIndex: 0, intoPipe: true, exitCode: 141 },
      says: undefined,
    },
    {
      what: 'may fail within a pipeline as a grep that found nothing',
      command: { text: 'grep -E Error', pipeIndex: 1, intoPipe: true, exitCode: 1 },
      says: undefined,
    },
    {
      what: 'may not fail as a grep at the end of a pipeline',
      command: { text: 'grep worker', pipeIndex: 1, exitCode: 1 },
      says: 'fail: `grep worker` failed with 1',
    },
    {
      what: 'fails when it had to be stopped by force',
      command: { text: 'docker compose logs -f', exitCode: null, cut: true },
      says: 'fail: `docker compose logs -f` had to be stopped by force',
    },
    {
      what: 'is inconclusive when its exit code was not observed',
      command: { exitCode: null },
      says: 'inconclusive: the exit code of `docker compose ps` could not be observed',
    },
  ])('$what', async ({ command, says }) => {
    const said = await check({ commands: [command] });
    expect(said?.replace(', and the block still ended with 0', '')).toBe(says);
  });

  test.each<{ readonly what: string; readonly procedure: object; readonly says: RegExp }>([
    {
      what: 'fails with its block when the block ends with another exit code',
      procedure: { exitCode: 3 },
      says: /^fail: the block ended with 3$/,
    },
    {
      what: 'fails when its block was cut off',
      procedure: { ended: 'cut', exitCode: null, durationMs: 60_000 },
      says: /^fail: the block was stopped after 60 s/,
    },
    {
      what: 'fails when a question gets no answer',
      procedure: { ended: 'unanswered-prompt', exitCode: null },
      says: /^fail: it waits for an answer/,
    },
    {
      what: 'fails when nothing fills a placeholder',
      procedure: { unfilled: ['<queue>'] },
      says: /^fail: nothing fills <queue>$/,
    },
    {
      what: 'is inconclusive when the block switched tracing off',
      procedure: { traced: false },
      says: /^inconclusive: the block switched off the tracing/,
    },
    {
      what: 'is inconclusive when the operator was lost',
      procedure: { ended: 'operator-lost', exitCode: null },
      says: /^inconclusive: the operator was lost/,
    },
  ])('$what', async ({ procedure, says }) => {
    expect(await check({ procedure })).toMatch(says);
  });

  describe('that still ran when its block was stopped', () => {
    const failed = { text: 'docker compose ps', exitCode: 1 };
    const running = { text: 'docker compose restart worker-mail', exitCode: null, cut: true, durationMs: null };
    const ended = (why: ProcedureEnded['ended']): Recording => ({
      commands: [running],
      procedure: { ended: why, exitCode: null, durationMs: 60_000 },
    });

    test('fails when the time limit was up, unless the machine was too busy', async () => {
      const late =
        '`docker compose restart worker-mail` still ran when the block was stopped after 60 s of real time, its time limit';
      expect(await check(ended('cut'))).toBe(`fail: ${late}`);
      expect(await check({ ...ended('cut'), pressure: 0.95 })).toBe(
        `inconclusive: processes of this machine waited for a CPU 95 % of the time, so it proves nothing: ${late}`,
      );
      expect(await check({ ...ended('cut'), pressure: 0.95, commands: [failed, running] })).toMatch(
        /^fail: `docker compose ps` failed with 1/,
      );
    });

    test('is not blamed for an interrupt, a lost operator or a question without an answer', async () => {
      expect(await check(ended('interrupted'))).toBe('inconclusive: it was interrupted');
      expect(await check(ended('operator-lost'))).toBe('inconclusive: the operator was lost while it ran');
      expect(await check(ended('unanswered-prompt'))).toMatch(/^fail: it waits for an answer/);
    });
  });
});

test('passes with the exit status that the runbook announces, and fails with another', async () => {
  const usage = { commands: [{ text: 'exit 1', exitCode: 1 }], procedure: { exitCode: 1 } };
  expect(await unmetBy({ ...usage, expectExit: 1 })).toEqual({});
  expect(await unmetBy({ procedure: { exitCode: 0 }, expectExit: 1 })).toEqual({
    'recovery:3.2 > Solution > bash[1]': 'fail: the block ended with 0; it should end with 1',
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

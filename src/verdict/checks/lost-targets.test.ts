import { describe, expect, test } from 'vitest';

import { judgeRun, unmetBy } from '../testing/judge-recording.ts';
import type { Recording } from '../testing/record-run.ts';

describe('a probe of a service that the fault took away', () => {
  const probe = { text: 'docker compose exec worker-mail ps', reads: 'worker-mail', exitCode: 1 };
  const gone: Recording = { gone: ['worker-mail'], faultToo: (world) => void (world.workerState = 'exited') };
  const check = async (recording: Recording): Promise<string | undefined> => {
    const id = 'diagnosis:3.2 > Diagnosis > bash[1]';
    const found = (await judgeRun(recording)).scenarios[0]?.checks.find((one) => one.id === id);
    return found && `${found.verdict}: ${found.message}`;
  };

  test('may fail in a diagnosis, and the message says so', async () => {
    expect(await check({ ...gone, diagnosisCommands: [{}, probe, {}] })).toBe(
      'pass: 3 commands; the fault took worker-mail away, so `docker compose exec worker-mail ps` may fail (1)',
    );
  });

  test('may leave its filter with nothing, and be the end of its block', async () => {
    const pair = [
      { ...probe, pipeIndex: 0, intoPipe: true },
      { text: 'grep node', pipeIndex: 1, exitCode: 1 },
    ];
    expect(await check({ ...gone, diagnosisCommands: pair, diagnosed: { exitCode: 1 } })).toMatch(/^pass: /);
    const other = [{}, { text: 'grep node', pipeIndex: 1, exitCode: 1 }];
    expect(await check({ ...gone, diagnosisCommands: other })).toMatch(/^fail: `grep node` failed/);
  });

  test('does not excuse the end of a block that goes on', async () => {
    const recording = { ...gone, diagnosisCommands: [probe, {}], diagnosed: { exitCode: 1 } };
    expect(await check(recording)).toBe('fail: the block ended with 1');
  });

  test.each<readonly [what: string, recording: Recording]>([
    ['the command may change something', { diagnosisCommands: [{ text: probe.text, exitCode: 1 }] }],
    ['it asks another service', { diagnosisCommands: [{ ...probe, reads: 'worker-rest' }] }],
    ['the proof did not see the service gone', { gone: [], diagnosisCommands: [probe] }],
    ['the fault took no effect', { bit: false, diagnosisCommands: [probe] }],
    ['the service is up', { faultToo: () => undefined, diagnosisCommands: [probe] }],
    ['it does not exist', { diagnosisCommands: [{ ...probe, exitCode: 127 }] }],
  ])('may not fail if %s', async (_, recording) => {
    expect(await check({ ...gone, ...recording })).toMatch(/^fail: `docker compose exec worker-mail ps` failed/);
  });

  test('may not fail in a recovery', async () => {
    const checks = await unmetBy({ ...gone, commands: [probe] });
    expect(checks['recovery:3.2 > Solution > bash[1]']).toMatch(/^fail: .* failed with 1/);
  });
});

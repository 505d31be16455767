import { describe, expect, test } from 'vitest';

import type { Check } from '../run-report.ts';
import { judgeRun } from '../testing/judge-recording.ts';
import { file, type Recording } from '../testing/record-run.ts';

describe('the wall', () => {
  const commands = [
    { text: 'docker compose ps', startedMs: 0, durationMs: 5, location: { file, line: 31 } },
    { text: 'docker kill other', startedMs: 300, durationMs: 20, location: { file, line: 32 } },
  ];
  // The block lasts as long as its commands, and each attempt lies within one of them.
  const procedure = { durationMs: 50 };
  const met = (recording: Recording): Promise<Check | undefined> =>
    judgeRun({ procedure, ...recording }).then(({ scenarios }) =>
      scenarios[0]?.checks.find(({ id }) => id === 'walls'),
    );
  const step = (refused: readonly { readonly source: string; readonly flags: string }[]): Recording['plan'] => ({
    recovery: [{ address: '3.2 > Solution > bash[1]', location: { file, line: 30 }, shows: [], args: [], refused }],
  });

  test('passes when no procedure tried to reach beyond its sandbox', async () => {
    expect(await met({})).toMatchObject({
      verdict: 'pass',
      message: 'no procedure tried to reach beyond its sandbox',
    });
  });

  test('fails once for repeated attempts, on the line of the command that ran then', async () => {
    const wall = [
      { atMs: 41, attempt: 'reach the container other' },
      { atMs: 42, attempt: 'reach the container other' },
    ];
    const near = [
      { ...commands[0], durationMs: 2 },
      { ...commands[1], startedMs: 40, durationMs: 8 },
    ];
    expect(await met({ wall, commands: near })).toMatchObject({
      verdict: 'fail',
      findings: [{ message: 'tried to reach the container other', location: { file, line: 32 } }],
    });
  });

  test('fails a request for the whole host, although the wall carried it out for the sandbox only', async () => {
    const wall = [{ atMs: 45, attempt: 'remove all unused images of the host', outcome: 'narrowed' }] as const;
    expect(await met({ wall })).toMatchObject({
      verdict: 'fail',
      findings: [{ message: 'tried to remove all unused images of the host' }],
    });
    expect(await met({ wall, plan: { ...step([{ source: 'unused images', flags: '' }]) } })).toMatchObject({
      verdict: 'pass',
    });
  });

  test('names the line of the command that ran, even if the next one began right after it', async () => {
    const wall = [{ atMs: 18, attempt: 'pull x' }];
    const close = [
      { ...commands[0], durationMs: 20 },
      { ...commands[1], startedMs: 21, durationMs: 20 },
    ];
    expect(await met({ wall, commands: close })).toMatchObject({
      findings: [{ location: { file, line: 31 } }],
    });
  });

  test('names the block when no command can be blamed for the attempt', async () => {
    const wall = [{ atMs: 45, attempt: 'pull x' }];
    expect(await met({ wall, commands: [] })).toMatchObject({
      verdict: 'fail',
      findings: [{ message: 'tried to pull x', location: { file, line: 30 } }],
    });
  });

  test('passes an expected attempt, and fails when an expected attempt was not made', async () => {
    const wall = [{ atMs: 45, attempt: 'pull x' }];
    expect(await met({ wall, plan: { ...step([{ source: '^PULL', flags: 'ig' }]) } })).toMatchObject({
      verdict: 'pass',
      message: '1 attempt to reach beyond the sandbox refused, as expected',
    });
    const both = step([
      { source: 'pull', flags: '' },
      { source: 'push', flags: 'i' },
    ]);
    expect(await met({ wall, plan: { ...both } })).toMatchObject({
      verdict: 'fail',
      findings: [
        { message: 'expected to be refused: /push/i; the wall refused nothing like it', location: { file, line: 30 } },
      ],
    });
    expect(await met({ wall, plan: { ...step([{ source: 'push', flags: '' }]) } })).toMatchObject({
      verdict: 'fail',
      findings: [{ message: 'tried to pull x' }, { message: expect.stringContaining('/push/') as string }],
    });
  });

  test('passes an order to a service that Drillbook measures with', async () => {
    expect(await met({ wall: [{ atMs: 45, attempt: 'kill external-apis', outcome: 'spared' }] })).toMatchObject({
      verdict: 'pass',
    });
  });
});

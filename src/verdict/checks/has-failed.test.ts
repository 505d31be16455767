import { describe, expect, test } from 'vitest';

import type { ProcedureEnded } from '../../history/events.ts';
import { unmetBy } from '../testing/judge-recording.ts';
import type { Recording } from '../testing/record-run.ts';

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
      what: 'may fail because its reader left, with the code of a client whose plugin was killed',
      command: { pipeIndex: 0, intoPipe: true, reader: 'left', exitCode: 255 },
      says: undefined,
    },
    {
      what: 'may fail with any code because its reader left when there was more to read',
      command: { pipeIndex: 0, intoPipe: true, reader: 'left-unread', exitCode: 2 },
      says: undefined,
    },
    {
      what: 'may fail because its reader left, if it says that its pipe broke',
      command: { pipeIndex: 0, intoPipe: true, reader: 'left', exitCode: 1, output: 'Error: write EPIPE' },
      says: undefined,
    },
    {
      what: 'may be a compound command that ended because its reader left',
      command: { reader: 'left', exitCode: null },
      says: undefined,
    },
    {
      what: 'may be stopped by force if its reader left, because it would end with the next line',
      command: { text: 'docker compose logs -f', intoPipe: true, reader: 'left', exitCode: null, cut: true },
      says: undefined,
    },
    {
      what: 'is inconclusive when its reader had left and nothing shows why it failed',
      command: { pipeIndex: 0, intoPipe: true, reader: 'left', exitCode: 2 },
      says: 'inconclusive: `docker compose ps` ended with 2 after its reader had left; whether it failed by itself could not be observed',
    },
    {
      what: 'may not fail with the code of a killed plugin if its reader read to the end',
      command: { pipeIndex: 0, intoPipe: true, exitCode: 255 },
      says: 'fail: `docker compose ps` failed with 255',
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
      what: 'may end with 1 as an arithmetic statement whose value is zero',
      command: { text: '((tries++))', arithmetic: true, exitCode: 1 },
      says: undefined,
    },
    {
      what: 'may not end with 1 as an arithmetic statement with an error',
      command: {
        text: '((tries / 0))',
        arithmetic: true,
        exitCode: 1,
        output: 'tries / 0: division by 0 (error token is "0")',
      },
      says: 'fail: `((tries / 0))` failed with 1',
    },
    {
      what: 'may reach the limit of a `timeout` around a command that never ends',
      command: { text: 'timeout 20 docker compose logs -f', limited: true, exitCode: 124 },
      says: undefined,
    },
    {
      what: 'may not reach the limit of a `timeout` around another command',
      command: { text: 'timeout 20 docker compose ps', exitCode: 124 },
      says: 'fail: `timeout 20 docker compose ps` failed with 124',
    },
    {
      what: 'fails when it printed an error of Redis, although it ended with 0',
      command: { text: 'redis-cli set a b', exitCode: 0, errorReply: 'OOM command not allowed', role: 'condition' },
      says: 'fail: `redis-cli set a b` got an error from Redis and still ended with 0',
    },
    {
      what: 'may find in a condition that Redis still starts',
      command: { text: 'redis-cli ping', exitCode: 0, errorReply: 'LOADING Redis is loading', role: 'condition' },
      says: undefined,
    },
    {
      what: 'is inconclusive when nothing waits for it',
      command: { role: 'background', exitCode: null },
      says: 'inconclusive: nothing waits for `docker compose ps`, so how it ended could not be observed',
    },
    {
      what: 'may run in the background and be waited for',
      command: { role: 'background', exitCode: 0 },
      says: undefined,
    },
    {
      what: 'fails in the background, too',
      command: { role: 'background', exitCode: 3 },
      says: 'fail: `docker compose ps` failed with 3',
    },
    {
      what: 'is inconclusive when it failed and is not found in the block',
      command: { text: 'ls /x', unmatched: true, exitCode: 2 },
      says: 'inconclusive: `ls /x` failed with 2, but is none of the commands that Drillbook found in the block',
    },
    {
      what: 'is inconclusive when it runs several commands in a shell that is not seen',
      command: { text: "sh -c 'a; b'", hidesFailures: true },
      says: "inconclusive: `sh -c 'a; b'` runs several commands in one shell; whether each of them succeeded could not be observed",
    },
    {
      what: 'fails when it runs several commands and ends with another code than 0',
      command: { text: "sh -c 'a; b'", hidesFailures: true, exitCode: 1 },
      says: "fail: `sh -c 'a; b'` failed with 1",
    },
    {
      what: 'fails when curl got an HTTP error and ended with 0',
      command: { text: 'curl -s http://api/queues', exitCode: 0, httpStatus: 503 },
      says: 'fail: `curl -s http://api/queues` got HTTP 503 and still ended with 0',
    },
    {
      what: 'may get an HTTP error as a condition',
      command: { text: 'curl -s http://api/queues', exitCode: 0, httpStatus: 503, role: 'condition' },
      says: undefined,
    },
    {
      what: 'may get an HTTP error if the block gets the answer itself',
      command: { text: 'curl -s http://api/health', exitCode: 0, httpStatus: 503, captured: true },
      says: undefined,
    },
    {
      what: 'fails with its own exit code also if the block gets the answer',
      command: { text: 'curl -s http://api/health', exitCode: 7, httpStatus: 503, captured: true },
      says: 'fail: `curl -s http://api/health` failed with 7',
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

  test('that the block itself ends in the background has not failed', async () => {
    const follow = { text: 'docker compose logs -f', role: 'background' as const, exitCode: 143 };
    const kill = { text: 'kill "$FOLLOW"', exitCode: 0 };
    expect(await check({ commands: [follow, kill] })).toBeUndefined();
    expect(await check({ commands: [follow, {}] })).toMatch(/^fail: `docker compose logs -f` failed with 143/);
    expect(await check({ commands: [{ ...follow, role: 'command' }, kill] })).toMatch(/^fail: /);
    expect(await check({ commands: [{ ...follow, exitCode: 1 }, kill] })).toMatch(/^fail: /);
  });

  test('that is an arithmetic statement decides nothing, but its block must still end with 0', async () => {
    const commands = [{ text: 'let left--', arithmetic: true, exitCode: 1 }];
    expect(await check({ commands, procedure: { exitCode: 0 } })).toBeUndefined();
    expect(await check({ commands, procedure: { exitCode: 1 } })).toBe('fail: the block ended with 1');
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

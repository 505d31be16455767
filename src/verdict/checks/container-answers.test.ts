import { describe, expect, test } from 'vitest';

import { checksOf } from '../testing/judge-recording.ts';
import { recovery, type Recording } from '../testing/record-run.ts';

const answered = (more: Partial<NonNullable<Recording['wall']>[number]>, atMs = 20): NonNullable<Recording['wall']> => [
  { atMs, outcome: 'answered', attempt: 'run a command in api', service: 'api', ...more },
];
const redisError = answered({ errorReply: "ERR Unknown option for CONFIG SET - 'maxmem'" });
const during = { startedMs: 10, durationMs: 11 };
const piped = {
  ...during,
  text: 'docker compose exec -T redis redis-cli config set maxmem 8gb',
  pipeIndex: 0,
  intoPipe: true,
};

const judged = async (recording: Recording): Promise<string | undefined> =>
  (await checksOf(recording))[`recovery:${recovery}`];

test('a redis-cli in a container that ends with 0 fails if the wall saw an error, in a pipe too', async () => {
  expect(await judged({ wall: redisError, commands: [piped, { text: 'cat', pipeIndex: 1, ...during }] })).toBe(
    'fail: `docker compose exec -T redis redis-cli config set maxmem 8gb` got an error from Redis and still ended with 0',
  );
  expect(await judged({ commands: [piped, { text: 'cat', pipeIndex: 1, ...during }] })).toBe('pass');
});

test('a block that gets the output itself can look at the error', async () => {
  expect(await judged({ wall: redisError, commands: [{ ...piped, captured: true }] })).toBe('pass');
});

test('a redis-cli that waits for Redis to load its file may get that error as a condition', async () => {
  const wall = answered({ errorReply: 'LOADING Redis is loading the dataset in memory' });
  const waits = { ...during, text: 'docker compose exec -T redis redis-cli ping', role: 'condition' as const };
  expect(await judged({ wall, commands: [waits] })).toBe('pass');
  expect(await judged({ wall, commands: [{ ...waits, role: 'command' }] })).toMatch(/^fail/);
});

test('a wait within a further shell may get that error, because the command itself is recorded', async () => {
  const wall = answered({ errorReply: 'LOADING Redis is loading the dataset in memory' });
  const ping = { ...during, text: 'docker compose exec -T redis redis-cli ping', pipeIndex: 0, intoPipe: true };
  const shell = { startedMs: 0, durationMs: 21, text: `timeout 60 bash -c 'until ${ping.text} | grep -q PONG; do …` };
  expect(await judged({ wall, commands: [shell, { ...ping, captured: true }] })).toBe('pass');
  expect(await judged({ wall, commands: [shell, ping] })).toMatch(/^fail: `docker compose exec/);
});

describe('a script of which only the answers are known', () => {
  const loading = 'LOADING Redis is loading the dataset in memory';
  const asks = (atMs: number, command: readonly string[]) =>
    ({ atMs, outcome: 'entered', attempt: 'run a command in redis', service: 'redis', command }) as const;
  const tells = (atMs: number, errorReply: string) =>
    ({ atMs, outcome: 'answered', attempt: 'run a command in redis', service: 'redis', errorReply }) as const;
  const [ping, save] = [
    ['redis-cli', 'ping'],
    ['redis-cli', 'save'],
  ] as const;
  const waits = { startedMs: 0, durationMs: 45, text: './wait.sh' };

  test.each<readonly [string, NonNullable<Recording['wall']>]>([
    ['asks again until Redis has started', [asks(5, ping), tells(6, loading), asks(15, ping)]],
    ['asks often', [asks(5, ping), tells(6, loading), asks(15, ping), tells(16, loading), asks(25, ping)]],
    ['asks for more then', [asks(5, ping), tells(6, loading), asks(15, ping), asks(25, save)]],
  ])('may be told that Redis still starts if it %s', async (_, wall) => {
    expect(await judged({ wall, commands: [waits] })).toBe('pass');
    expect(await judged({ wall, commands: [{ ...waits, text: `timeout 60 sh -c '. wait.sh; docker ps'` }] })).toBe(
      'pass',
    );
  });

  test.each<readonly [string, NonNullable<Recording['wall']>]>([
    ['asks once', [asks(5, ping), tells(6, loading)]],
    ['never gets another answer', [asks(5, ping), tells(6, loading), asks(15, ping), tells(16, loading)]],
    ['gets another error', [asks(5, ping), tells(6, loading), asks(15, ping), tells(16, 'ERR unknown')]],
    ['asks for something else', [asks(5, save), tells(6, loading), asks(15, ping)]],
    ['is told something else', [asks(5, ping), tells(6, 'OOM command not allowed'), asks(15, ping)]],
  ])('fails if it %s', async (_, wall) => {
    expect(await judged({ wall, commands: [waits] })).toMatch(/^fail: run a command in redis/);
  });

  test('fails if the block names each command, because it then does not wait', async () => {
    const wall = [asks(15, ping), tells(20, loading), asks(30, ping)];
    const named = { ...during, text: 'docker compose exec -T redis redis-cli ping' };
    expect(await judged({ wall, commands: [named, { ...named, startedMs: 30 }] })).toMatch(/^fail: `docker compose/);
    const inside = { ...named, text: "docker compose exec -T redis sh -c 'redis-cli ping'" };
    expect(await judged({ wall, commands: [inside, { ...inside, startedMs: 30 }] })).toMatch(/^fail: `docker compose/);
  });
});

test('a curl in a container that got an HTTP error fails, unless it decides a condition or the block gets the answer', async () => {
  const curl = { ...during, text: 'docker compose exec -T api curl -s http://localhost:64000/retry' };
  const wall = answered({ httpStatus: 500 });
  expect(await judged({ wall, commands: [curl] })).toBe(`fail: \`${curl.text}\` got HTTP 500 and still ended with 0`);
  expect(await judged({ wall, commands: [{ ...curl, role: 'condition' }] })).toBe('pass');
  expect(await judged({ wall, commands: [{ ...curl, captured: true }] })).toBe('pass');
});

test('the error belongs to the command that ran then and asked that program', async () => {
  const wall = answered({ httpStatus: 404 }, 20);
  const [before, curl] = [
    { startedMs: 0, durationMs: 5, text: 'docker compose exec -T api curl -s http://localhost/one' },
    { startedMs: 6, durationMs: 15, text: 'docker compose exec -T api curl -s http://localhost/two' },
  ];
  expect(await judged({ wall, commands: [before, curl, { ...during, text: 'docker compose logs' }] })).toMatch(
    /^fail: .*\/two` got HTTP 404/,
  );
  // A script that is not read shows its client only.
  expect(await judged({ wall, commands: [{ ...during, text: 'docker compose exec -T api "$CHECK"' }] })).toMatch(
    /^fail: .*CHECK.* got HTTP 404/,
  );
  expect(await judged({ wall, commands: [{ ...during, text: './check.sh' }] })).toMatch(
    /^fail: run a command in api: /,
  );
});

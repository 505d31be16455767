import { expect, test } from 'vitest';

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

test('a curl in a container that got an HTTP error fails, unless it decides a condition', async () => {
  const curl = { ...during, text: 'docker compose exec -T api curl -s http://localhost:64000/retry' };
  const wall = answered({ httpStatus: 500 });
  expect(await judged({ wall, commands: [curl] })).toBe(`fail: \`${curl.text}\` got HTTP 500 and still ended with 0`);
  expect(await judged({ wall, commands: [{ ...curl, role: 'condition' }] })).toBe('pass');
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

import { expect, test } from 'vitest';

import { parseShell } from './parse-shell.ts';
import { readTarget } from './read-target.ts';
import { loadShellGrammar } from './shell-grammar.ts';

const grammar = await loadShellGrammar();

test.each<readonly [string, string | undefined]>([
  ['docker compose exec -T redis redis-cli ping', 'redis'],
  ['docker compose -f a.yml exec --index 2 -e A=b worker ps aux', 'worker'],
  ['docker-compose exec redis redis-cli info memory 2>/dev/null', 'redis'],
  ['redis-cli -h redis ping', 'redis'],
  ['redis-cli ping', undefined],
  ['curl -sf http://api:64000/health', 'api'],
  ['nc -z -w 2 redis 6379', 'redis'],
  ['docker compose exec -T redis redis-cli flushall', undefined],
  ['docker compose exec -T redis sh -c "redis-cli ping"', undefined],
  ['docker compose exec -T $SERVICE redis-cli ping', undefined],
  ['docker compose restart redis', undefined],
  ['docker compose ps redis', undefined],
])('knows whom a command asks that only reads: %s', (code, expected) => {
  expect(parseShell(code, grammar).commands.map(readTarget)).toEqual([expected]);
});

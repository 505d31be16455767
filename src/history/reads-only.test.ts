import { expect, test } from 'vitest';

import { readsOnly } from './reads-only.ts';

test.each<readonly [string, boolean]>([
  ['redis-cli ping', true],
  ['redis-cli -h redis -p 6379 --no-auth-warning INFO memory', true],
  ['/usr/bin/redis-cli --raw config get maxmemory', true],
  ['redis-cli -n 1 llen bull:mail:wait', true],
  ['redis-cli config set maxmemory 1gb', false],
  ['redis-cli config', false],
  ['redis-cli shutdown', false],
  ['redis-cli', false],
  ['redis-cli -x get a', false],
  ['redis-cli --eval a.lua', false],
  ['redis-cli get', true],
  ['curl -sf --max-time 5 http://api:64000/health', true],
  ['curl -s -o /dev/null -w %{http_code} http://api/health', true],
  ['curl -s -o /etc/passwd http://api/health', false],
  ['curl -X POST http://api/queues/pause', false],
  ['curl -d x http://api/', false],
  ['curl --request=DELETE http://api/', false],
  ['curl -sXPOST http://api/', false],
  ['nc -z redis 6379', true],
  ['nc redis 6379', false],
  ['pgrep -f worker', true],
  ['ps aux', true],
  ['cat /proc/1/status', true],
  ['kill 1', false],
  ['sh -c true', false],
  ['node -e 0', false],
  ['node --version', true],
])('knows whether a command only reads: %s', (text, expected) => {
  expect(readsOnly(text.split(' '))).toBe(expected);
});

test('takes a word that an expansion decides for anything', () => {
  expect(readsOnly(['redis-cli', undefined])).toBe(false);
  expect(readsOnly([undefined])).toBe(false);
  expect(readsOnly(['curl', '-s', undefined])).toBe(false);
  expect(readsOnly(['redis-cli', 'get', undefined])).toBe(true);
});

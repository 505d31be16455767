import { expect, test } from 'vitest';

import { changesOf } from './testing/mutants-of.ts';

test('gives containers no time to end', async () => {
  const code = [
    'docker compose stop -t 60 "$SERVICE"',
    'docker compose restart mail || exit 1',
    'docker compose stop --timeout=30 mail',
    'docker restart bill',
  ].join('\n');
  expect(await changesOf(code, 'no-grace')).toEqual([
    'no-grace:6 docker compose stop -t 0 "$SERVICE"',
    'no-grace:7 docker compose restart -t 0 mail || exit 1',
    'no-grace:8 docker compose stop --timeout=0 mail',
    'no-grace:9 docker restart -t 0 bill',
  ]);
});

test('leaves starts, and words that only look like a stop, alone', async () => {
  const code = ['docker compose start stop', 'echo docker compose stop mail', 'systemctl restart mail'].join('\n');
  expect(await changesOf(code, 'no-grace')).toEqual([]);
});

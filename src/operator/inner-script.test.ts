import { expect, test } from 'vitest';

import { innerScript } from './inner-script.ts';

test.each<readonly [record: string, expected: object | undefined]>([
  ["eval 'docker compose ps; false'", { where: 'eval', code: 'docker compose ps; false' }],
  ['eval docker compose ps', { where: 'eval', code: 'docker compose ps' }],
  ["bash -c 'a; b'", { where: 'bash', code: 'a; b' }],
  ["/bin/bash -euo pipefail -c 'a | b' name", { where: 'bash', code: 'a | b', errexit: true, pipefail: true }],
  ["timeout 20 bash -ec 'a; b'", { where: 'bash', code: 'a; b', errexit: true }],
  ["sudo -u x env A=b bash -c $'a\\nit\\'s'", { where: 'bash', code: "a\nit's" }],
  ["sh -c 'it'\\''s'", { where: 'other', code: "it's" }],
  ["docker compose exec -T api sh -c 'a; b'", { where: 'container', code: 'a; b' }],
  ["docker exec -u root x-1 bash -lc 'a'", { where: 'container', code: 'a' }],
  ['docker compose -f x.yml exec --env A=b api bash -c a', { where: 'container', code: 'a' }],
  ["docker compose run --rm -e A=b api sh -c 'a; b'", { where: 'container', code: 'a; b' }],
  ['bash script.sh', undefined],
  ['docker compose exec api node -e 0', undefined],
  ["echo bash -c 'a'", undefined],
])('finds the script within %s', (record, expected) => {
  expect(innerScript(record)).toEqual(expected && { errexit: false, pipefail: false, ...expected });
});

test('takes the here-document of a shell that has no other script', () => {
  expect(innerScript('bash', 'a\nb\n')).toMatchObject({ where: 'bash', code: 'a\nb\n' });
  expect(innerScript('docker compose exec -T api sh -s', 'a\n')).toMatchObject({ where: 'container', code: 'a\n' });
  expect(innerScript('bash script.sh', 'a\n')).toBeUndefined();
  expect(innerScript("bash -c 'b'", 'a\n')).toMatchObject({ code: 'b' });
  expect(innerScript('cat', 'a\n')).toBeUndefined();
});

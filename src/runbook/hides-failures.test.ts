import { expect, test } from 'vitest';

import { hasOnlyPrograms, hidesFailures } from './hides-failures.ts';
import { parseShell } from './parse-shell.ts';
import { loadShellGrammar } from './shell-grammar.ts';

const grammar = await loadShellGrammar();

test.each<readonly [string, boolean]>([
  ['node warm.js', false],
  ['node a.js && node b.js', false],
  ['cd /app && node a.js || exit 3', false],
  ['set -e; node a.js; node b.js', false],
  ['set -euo pipefail\nnode a.js | sort\nnode b.js', false],
  ['echo start; node a.js', false],
  ['x=1; node a.js "$x"', false],
  ['redis-cli ping; redis-cli info memory', false],
  ['if [ -e /app/a.js ]; then node a.js; fi', false],
  ['node a.js; node b.js', true],
  ['node a.js; echo done', true],
  ['node a.js | sort', true],
  ['set -e; node a.js | sort; node b.js', true],
  ['redis-cli get a | wc -l', false],
  ['node a.js & wait', true],
  ['for s in a b; do node "$s"; done', true],
  ['set -e; for s in a b; do node "$s"; done', false],
  ['echo "$(node a.js)"', true],
  ['f() { node a.js; node b.js; }; f', true],
  ['if (', true],
])('knows whether an exit code can hide a failure: %j', (code, expected) => {
  expect(hidesFailures(code, parseShell(code, grammar), { errexit: false, pipefail: false })).toBe(expected);
});

test('knows the options of the command line', () => {
  const code = 'node a.js; node b.js';
  expect(hidesFailures(code, parseShell(code, grammar), { errexit: true, pipefail: false })).toBe(false);
});

test.each<readonly [string, boolean]>([
  ['node a.js; node b.js; echo done', true],
  ['set -u; for s in a b; do node "$s"; done', true],
  ['[ -e /app/a.js ] && node a.js; true', true],
  ['cd /app; node a.js', false],
  ['. ./env; node a.js', false],
  ['"$RUN" a.js; true', false],
  ['f() { node a.js; }; f', false],
  ['if (', false],
])('knows whether a plain sh shows each command: %j', (code, expected) => {
  expect(hasOnlyPrograms(parseShell(code, grammar))).toBe(expected);
});

/** What fails within a plain `sh -c`, which has no trace of its own. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { runBlock } from './testing/run-block.ts';
import { startTestHost, type TestHost } from './testing/start-host.ts';

let host: TestHost;
let folder = '';
beforeAll(async () => {
  host = await startTestHost();
  folder = await mkdtemp(path.join(tmpdir(), 'drillbook-cast-'));
});
afterAll(async () => {
  await host[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

/** Scripts in the PATH that fail, or end well although a command of theirs fails. */
const scripts = `
put() { printf '%s\\n' "$2" >"/usr/local/bin/$1"; chmod +x "/usr/local/bin/$1"; }
put s.sh '#!/bin/sh
exit 3'
put env.sh '#!/usr/bin/env sh
ls / >/dev/null
exit 3'
put pipes.sh '#!/bin/sh
ls / | cat
(exit 3)'
put forks.sh '#!/bin/sh
(ls /; ls /tmp) >/dev/null
sh -c "exit 3"'
put bash.sh '#!/bin/bash
exit 3'
put bare.sh 'ls / >/dev/null
exit 3'
put docker '#!/bin/sh
echo PONG'
put well.sh '#!/bin/sh
ls /no-such 2>/dev/null || true
(grep -q no-such /etc/hostname) || ls /no-such 2>/dev/null | cat
exit 0'
`;

type Outcome = 'fails' | 'is not known' | 'ends well';

/** What the judge would make of the commands of a block. */
async function outcome(code: string): Promise<Outcome> {
  const { commands } = await runBlock(host, folder, `${scripts}${code}\n`);
  const own = commands.filter(({ role, text }) => role !== 'condition' && !text.startsWith('put '));
  if (own.some(({ exitCode, unmatched }) => exitCode !== 0 && unmatched === undefined)) return 'fails';
  return own.some(({ exitCode, hidesFailures }) => exitCode !== 0 || hidesFailures) ? 'is not known' : 'ends well';
}

test.each<[code: string, Outcome]>([
  [`sh -c "s.sh; echo done"`, 'fails'],
  [`sh -c "env.sh; echo done"`, 'fails'],
  [`sh -c "pipes.sh; echo done"`, 'fails'],
  [`sh -c "forks.sh; echo done"`, 'fails'],
  [`sh -c "bash.sh; echo done"`, 'fails'],
  [`sh -c "bare.sh; echo done"`, 'fails'],
  [`sh -c "/usr/local/bin/s.sh; echo done"`, 'fails'],
  [`sh -c "s.sh | cat; echo done"`, 'fails'],
  [`sh -c "(s.sh); echo done"`, 'fails'],
  [`sh -c "(ls / >/dev/null; pipes.sh); echo done"`, 'fails'],
  [`timeout 20 sh -c "pipes.sh; echo done"`, 'fails'],
  [`sh -c "sh -c 's.sh; true'"`, 'fails'],
  [`sh -c "timeout 20 sh -c 'ls /no-such; true'"`, 'fails'],
  [`sh -c "ls / >/dev/null; sh -c 'ls /no-such; true'"`, 'fails'],
  [`sh -c 'bash -c "ls /no-such; true"'`, 'fails'],
  [`sh -c 'exec bash -c "ls /no-such; true"'`, 'fails'],
  [`sh -c 'no-such-program; echo done'`, 'fails'],
  [`sh -c 'no-such-program | cat; echo done'`, 'fails'],
  [`sh -c 'n=no-such-program; $n; echo done'`, 'fails'],
  [`sh -c '(exit 3); echo done'`, 'is not known'],
  [`sh -c 'echo x >/no-such/file; echo done'`, 'is not known'],
  [`sh -c 'cd /no-such; ls / >/dev/null; echo done'`, 'is not known'],
  [`bash -c "docker exec x sh -c 'node a; node b'; true"`, 'is not known'],
  [`docker exec x sh -c "sh -c 'node a; node b'"`, 'is not known'],
])('%s %s', async (code, expected) => {
  expect(await outcome(code)).toBe(expected);
});

test.each([
  `sh -c "well.sh; echo done"`,
  `sh -c "well.sh | cat; echo done"`,
  `sh -c "(well.sh); echo done"`,
  `sh -c "timeout 20 well.sh"`,
  `sh -c "well.sh"`,
  `sh -c "sh -c 'well.sh; true'; echo done"`,
  `sh -c "if s.sh; then echo yes; fi; echo done"`,
  `sh -c "s.sh || echo no"`,
  `sh -c "(s.sh) || echo no"`,
  `sh -c "(grep -q no-such /etc/hostname && echo yes); echo done"`,
  `sh -c 'no-such-program 2>/dev/null || echo no; ls /'`,
  `sh -c 'if no-such-program; then echo yes; fi; ls / | cat; echo done'`,
  `sh -c 'command -v no-such-program || echo missing; echo "sh: 1: x: not found" >&2'`,
  `sh -c 'echo x 2>/dev/null >/no-such/file || true; echo done'`,
  `sh -c 'bash -c "grep -q no-such /etc/hostname || true; ls /"'`,
  `sh -c 'exec bash -c "grep -q no-such /etc/hostname || true; ls /"'`,
  `bash -c "docker exec x sh -c 'node a && node b'; true"`,
  `sh -c 'for n in 1 2 3; do (ls / | head -1); done; (exit 0)'`,
])('%s ends well', async (code) => {
  expect(await outcome(code)).toBe('ends well');
});

test.each(['sh', 'bash'])(
  'a command within %s that enters a container is recorded, although it ended well',
  async (sh) => {
    const code = `until docker exec x redis-cli ping | grep -q PONG; do sleep 1; done; docker ps; docker exec x redis-cli ping`;
    const { commands } = await runBlock(host, folder, `${scripts}${sh} -c '${code}'\n`);
    const entering = commands.filter(({ text }) => text.startsWith('docker'));
    expect(entering.map(({ text, captured }) => [text, captured])).toEqual([
      ['docker exec x redis-cli ping', true],
      ['docker exec x redis-cli ping', undefined],
    ]);
  },
);

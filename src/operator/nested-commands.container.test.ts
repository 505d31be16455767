/** Commands that run in a further shell, in `eval`, or outside the text of the block. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

import type { CommandRan } from '../history/events.ts';
import { firstLine, runBlock } from './testing/run-block.ts';
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

const commandsOf = async (code: string): Promise<readonly CommandRan[]> =>
  (await runBlock(host, folder, code)).commands;

/** `[line of the block, text, exit code]` of the commands that count as failed. */
const failures = async (code: string): Promise<readonly (readonly [number, string, number | null])[]> =>
  (await commandsOf(code))
    .filter(({ exitCode, role, unmatched }) => exitCode !== 0 && role !== 'condition' && unmatched === undefined)
    .map(({ location, text, exitCode }) => [location.line - firstLine + 1, text, exitCode]);

test.each([
  `bash -c 'ls /no-such; echo "warm"'\n`,
  `bash -c '\nls /no-such\ntrue\n'\n`,
  `timeout 20 bash -c 'ls /no-such; true'\n`,
  `echo x | bash -c 'cat; ls /no-such; true'\n`,
  `bash -c "bash -c 'ls /no-such; true'; true"\n`,
  `bash <<'END'\nls /no-such\ntrue\nEND\n`,
  `eval 'ls /no-such; true'\n`,
  `eval "ls /no-such | cat"\n`,
  `sh -c 'ls /no-such; true'\n`,
  `sh -c '\nls /no-such\necho "warm"\n'\n`,
  `timeout 20 sh -c 'ls /no-such | cat; true'\n`,
  `sh -c '(cd /; ls /no-such); for n in 1 2; do ls / >/dev/null; done'\n`,
  `sh -c "sh -c 'ls /no-such; true'; true"\n`,
  `bash -c "sh -c 'ls /no-such; true'; true"\n`,
  `sh <<'END'\nls /no-such\ntrue\nEND\n`,
])('records what fails within %j, at the line of the outer command', async (code) => {
  expect(await failures(`${code}echo after\n`)).toEqual([[1, 'ls /no-such', 2]]);
});

test.each([
  `bash -c 'if grep -q no-such /etc/hostname; then echo yes; fi; echo done'\n`,
  `bash -c 'ls /no-such 2>/dev/null || true'\n`,
  `bash -c 'set -e; for n in 1 2; do echo "$n"; done'\n`,
  `if bash -c 'ls / >/dev/null; grep -q no-such /etc/hostname'; then echo yes; fi\n`,
  `eval "$(echo 'a=1; b=2')"\necho "$a$b"\n`,
  `sh -c 'if grep -q no-such /etc/hostname; then echo yes; fi; ls / >/dev/null; echo done'\n`,
  `sh -c 'ls /no-such 2>/dev/null || true; ls / | head -1; true'\n`,
  `if sh -c 'ls / >/dev/null; grep -q no-such /etc/hostname'; then echo yes; fi\n`,
  `ready() { eval "$1"; }\nready 'ls / >/dev/null' && echo up\n`,
])('records no failure for the right %j', async (code) => {
  expect(await failures(`${code}echo after\n`)).toEqual([]);
});

test.each([
  [`sh -c 'cd /no-such; true'\n`, true],
  [`sh -c 'cd / | cat'\n`, true],
  [`sh -c 'ls / && echo there'\n`, undefined],
  [`sh -c 'ls / >/dev/null; grep -q x /etc/hostname || true; echo there'\n`, undefined],
  [`sh -c 'ls / >/dev/null; kill -0 1; echo there'\n`, true],
  [`sh -c 'warm() { ls /; }; warm; true'\n`, true],
  [`echo 'exit 3' >/tmp/x.sh; chmod +x /tmp/x.sh; sh -c 'ls / >/dev/null; sh /tmp/x.sh | cat; true'\n`, undefined],
  [`sh -ec 'cd /; ls'\n`, undefined],
  [`bash -c 'cd /; true'\n`, undefined],
  [`env -i bash -c 'cd /; true'\n`, true],
])('records whether the exit code of %j can hide a failure', async (code, hidesFailures) => {
  expect((await commandsOf(code))[0]?.hidesFailures).toBe(hidesFailures);
});

test('records a failed command that is not in the block, and drops none', async () => {
  const code = `echo 'ls /no-such; true' >/tmp/steps.sh\n. /tmp/steps.sh\ntime ls /no-such\n`;
  const failed = (await commandsOf(code)).filter(({ exitCode }) => exitCode !== 0);
  expect(failed.map(({ location, text, unmatched }) => [location.line - firstLine + 1, text, unmatched])).toEqual([
    [2, 'ls /no-such', true],
    [3, 'time ls /no-such', undefined],
  ]);
});

test.each([
  'check() { grep -q no-such /etc/hostname; }\nif check; then echo yes; fi\n',
  'check() { ls / | grep -q no-such; }\nuntil check || ((++n > 2)); do :; done\n',
  'ready() {\n  for n in 1 2; do\n    if [ -e /no-such ]; then return 0; fi\n  done\n  return 1\n}\nready || echo no\n',
  'inner() { grep -q no-such /etc/hostname; }\nouter() { inner; }\nouter && echo yes\necho no\n',
  'trap "[ -f /no-such ] && rm /no-such" EXIT\nls / >/dev/null\n',
])('a function that decides a condition may end with the status of its last command: %j', async (code) => {
  expect(await failures(code)).toEqual([]);
});

test.each([
  'check() { ls /no-such; grep -q root /etc/passwd; }\nif check; then echo yes; fi\n',
  'check() { ls /no-such; }\ncheck\necho after\n',
])('any other failure in a function counts: %j', async (code) => {
  expect((await failures(code)).map(([, text]) => text)).toContain('ls /no-such');
});

test('records how a command in the background ended, if it ends in time', async () => {
  const ended = async (code: string): Promise<readonly (number | null)[]> =>
    (await commandsOf(code)).filter(({ role }) => role === 'background').map(({ exitCode }) => exitCode);
  expect(await ended(`bash -c 'exit 3' &\nwait\n`)).toEqual([3]);
  expect(await ended('sleep 5 &\necho after\n')).toEqual([null]);
});

test('ends a command in the background that never ends only while the block waits for it', async () => {
  const ended = async (code: string): Promise<readonly unknown[]> =>
    (await commandsOf(code)).filter(({ text }) => text.startsWith('tail')).map(({ exitCode, cut }) => [exitCode, cut]);
  expect(await ended('tail -f /dev/null &\nsleep 1.2\nkill "$!"\nwait "$!" || true\n')).toEqual([[143, false]]);
  expect(await ended('tail -f /dev/null &\nwait\n')).toEqual([[null, true]]);
});

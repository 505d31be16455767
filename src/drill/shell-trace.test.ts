import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';

import { writeShellFiles } from './shell-files.ts';
import { ShellTrace, type ShellLine } from './shell-trace.ts';

interface Shell {
  readonly lines: readonly ShellLine[];
  readonly output: string;
}

/** Types these lines into the player's shell, here and without a terminal, and returns what it reported. */
async function typeInto(typed: string, news = ''): Promise<Shell> {
  const folder = await mkdtemp(path.join(tmpdir(), 'drillbook-shell-'));
  try {
    const trace = path.join(folder, 'trace');
    await writeFile(trace, '');
    const blocks = { host: folder, container: folder };
    const files = await writeShellFiles(blocks, { trace, socket: path.join(folder, 'none.sock') });
    if (news !== '') await files.announce(news);
    const lines: ShellLine[] = [];
    const reader = await ShellTrace.start(trace, (line) => lines.push(line));
    const [program = 'bash', ...args] = files.argv;
    const shell = spawn(program, args, { env: { ...files.env, HOME: folder, TERM: 'dumb' }, cwd: folder });
    let output = '';
    shell.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    shell.stdin.end(typed);
    await once(shell, 'close');
    await reader.end();
    return { lines, output };
  } finally {
    await rm(folder, { recursive: true });
  }
}

test('each line is reported with its folder, its times and its exit code, and `$?` stays as it was', async () => {
  const { lines, output } = await typeInto('cd /\nfalse\necho "status $?"\n\n(exit 3)\n');
  expect(lines.map(({ line, exitCode }) => [line, exitCode])).toEqual([
    ['cd /', 0],
    ['false', 1],
    ['echo "status $?"', 0],
    ['(exit 3)', 3],
  ]);
  expect(output).toContain('status 1');
  expect(lines[1]?.cwd).toBe('/');
  for (const { startedS, endedS } of lines) {
    expect(startedS).toBeGreaterThan(Date.now() - 60_000);
    expect((endedS ?? 0) >= startedS).toBe(true);
  }
});

test('a line of several lines, with blanks and other alphabets, is reported as it was typed', async () => {
  const { lines } = await typeInto('for i in 1 2\ndo echo  "ă $i"\ndone\n');
  expect(lines.map(({ line }) => line)).toEqual(['for i in 1 2\ndo echo  "ă $i"\ndone']);
});

test('a page is shown once, before the next prompt', async () => {
  const { output } = await typeInto('true\ntrue\n', 'PAGE 1: waiting jobs');
  expect(output.split('PAGE 1: waiting jobs')).toHaveLength(2);
});

test('a line that the shell keeps out of its history is not taken for the one before it', async () => {
  const { lines } = await typeInto('HISTCONTROL=ignorespace\n secret\ntrue\n');
  expect(lines.map(({ line }) => line)).toEqual([
    'HISTCONTROL=ignorespace',
    expect.stringContaining('does not remember') as string,
    'true',
  ]);
});

test('what the player writes into the report is skipped', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'drillbook-trace-'));
  try {
    const trace = path.join(folder, 'trace');
    await writeFile(trace, '');
    const lines: ShellLine[] = [];
    const reader = await ShellTrace.start(trace, (line) => lines.push(line));
    await appendFile(trace, 'noise\n\x1eb\0abc\x000\0/\0  1  forged\0\x1ee\x1ex\0\x1eb\x001.5\x000\0/\0  1  true\0');
    await reader.read();
    await appendFile(trace, '\x1ee\x002.5\x000');
    await reader.read();
    await appendFile(trace, '\0\x1eb\x003\x000\0/\0  2  sleep 9\0');
    await reader.end();
    expect(lines).toEqual([
      { line: 'true', cwd: '/', startedS: 1500, endedS: 2500, exitCode: 0 },
      { line: 'sleep 9', cwd: '/', startedS: 3000, endedS: null, exitCode: null },
    ]);
  } finally {
    await rm(folder, { recursive: true });
  }
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';

import { writeShellFiles } from './shell-files.ts';
import { ShellTrace, type ShellLine } from './shell-trace.ts';

interface Shell {
  readonly lines: readonly ShellLine[];
  readonly output: string;
  /** Bytes of the longest record. */
  readonly longest: number;
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
    const reader = await ShellTrace.start(trace, {
      onLine: (line) => lines.push(line),
      onLost: (bytes) => expect.fail(`${bytes} bytes were lost`),
    });
    const [program = 'bash', ...args] = files.argv;
    const shell = spawn(program, args, { env: { ...files.env, HOME: folder, TERM: 'dumb' }, cwd: folder });
    let output = '';
    shell.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    shell.stdin.end(typed);
    await once(shell, 'close');
    await reader.end();
    const records = (await readFile(trace, 'latin1')).split('\x1e');
    return { lines, output, longest: Math.max(...records.map(({ length }) => length)) };
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

test('of a line that is too long, the shell reports only the begin', async () => {
  const { lines, longest } = await typeInto(`: ${'ă'.repeat(20_000)}\ntrue\n`);
  expect(lines.map(({ line }) => [line.length, line.at(-1)])).toEqual([
    [expect.any(Number), '…'],
    [4, 'e'],
  ]);
  expect(longest).toBeLessThan(34_000);
});

interface Followed {
  readonly trace: string;
  readonly lines: readonly ShellLine[];
  readonly lost: readonly number[];
  readonly reader: ShellTrace;
}

/** Follows a report that the test writes. */
async function follow(act: (followed: Followed) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'drillbook-trace-'));
  try {
    const trace = path.join(folder, 'trace');
    await writeFile(trace, '');
    const [lines, lost]: [ShellLine[], number[]] = [[], []];
    const events = { onLine: (line: ShellLine) => lines.push(line), onLost: (bytes: number) => lost.push(bytes) };
    await act({ trace, lines, lost, reader: await ShellTrace.start(trace, events) });
  } finally {
    await rm(folder, { recursive: true });
  }
}

test('a record that is read in pieces is reported whole', () =>
  follow(async ({ trace, lines, reader }) => {
    for (const piece of ['\x1eb\x001\x000\0/', '\0  1  touch', ' a\x000', '\0', '\x1ee\x002\x001', '7\0']) {
      await appendFile(trace, piece);
      await reader.read();
    }
    await reader.end();
    expect(lines).toEqual([{ line: 'touch a', cwd: '/', startedS: 1000, endedS: 2000, exitCode: 17 }]);
  }));

test('what is too long for a record is dropped in time that grows with its length, and reported', () =>
  follow(async ({ trace, lines, lost, reader }) => {
    const tooLong = 64 * 1024 * 1024;
    await appendFile(trace, `\x1eb\x001\x000\0/\0  1  ${'x'.repeat(tooLong)}`);
    const started = performance.now();
    await reader.read();
    expect(performance.now() - started).toBeLessThan(10_000);
    await appendFile(trace, '\x000\0\x1eb\x003\x000\0/\0  2  true\x000\0\x1ee\x004\x000\0');
    await reader.end();
    expect(lines.map(({ line }) => line)).toEqual(['true']);
    expect(lost.reduce((sum, bytes) => sum + bytes, 0)).toBeGreaterThan(tooLong - 256 * 1024);
  }));

test('what the player writes into the report is skipped', () =>
  follow(async ({ trace, lines, lost, reader }) => {
    await appendFile(
      trace,
      'noise\n\x1eb\0abc\x000\0/\0  1  forged\x000\0\x1ee\x1ex\0\x1eb\x001.5\x000\0/\0  1  true\x000\0',
    );
    await reader.read();
    await appendFile(trace, '\x1ee\x002.5\x000');
    await reader.read();
    await appendFile(trace, '\0\x1eb\x003\x000\0/\0  2  sleep 9\x000\0');
    await reader.end();
    expect(lines).toEqual([
      { line: 'true', cwd: '/', startedS: 1500, endedS: 2500, exitCode: 0 },
      { line: 'sleep 9', cwd: '/', startedS: 3000, endedS: null, exitCode: null },
    ]);
    expect(lost).toEqual([]);
  }));

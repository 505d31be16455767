/** What is recorded of a command besides its exit code, so that the verdict can read it. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { CommandRan } from '../history/events.ts';
import { runBlock, type Ran } from './testing/run-block.ts';
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

const run = (code: string): Promise<Ran> => runBlock(host, folder, code);

test('records which failed commands are the last ones of their block', async () => {
  const { commands } = await run('false\nset -o pipefail\nfalse | true | cat\n');
  expect(commands.filter(({ exitCode }) => exitCode !== 0).map(({ exitCode, isLast }) => [exitCode, isLast])).toEqual([
    [1, undefined],
    [1, true],
  ]);
});

test('records which exit codes are those of an arithmetic value or of a time limit', async () => {
  const { commands } = await run('n=0\n((n++))\nlet n-=1\ntimeout 0.1 tail -f /dev/null\ntimeout 0.1 sleep 9\n');
  expect(commands.map(({ exitCode, arithmetic, limited }) => [exitCode, arithmetic, limited])).toEqual([
    [0, undefined, undefined],
    [1, true, undefined],
    [1, true, undefined],
    [124, undefined, true],
    [124, undefined, undefined],
  ]);
});

describe('records with a failed command what that command printed, and nothing else', () => {
  const outputs = async (code: string): Promise<readonly (readonly [string, string | undefined])[]> =>
    (await run(code)).commands
      .filter(({ exitCode }) => exitCode !== 0)
      .map(({ text, output, outputOf }) => [text, outputOf === undefined ? output : `${outputOf}: ${output}`]);

  test('of commands one after the other', async () => {
    const code = 'for n in {1..30}; do\n  echo "before $n"\n  ls "/no-$n"\n  echo "after $n"\ndone\n';
    const found = await outputs(code);
    expect(found).toEqual(
      Array.from({ length: 30 }, (_, index) => [
        'ls "/no-$n"',
        `ls: cannot access '/no-${index + 1}': No such file or directory`,
      ]),
    );
  });

  test('of a command that prints nothing', async () => {
    expect(await outputs('false\necho "Memory Status"\n')).toEqual([['false', undefined]]);
  });

  test('of a function, with all that it runs', async () => {
    expect(await outputs('look() {\n  echo in\n  (exit 3)\n}\necho before\nlook\necho after\n')).toEqual([
      ['look', 'in'],
      ['exit 3', undefined],
    ]);
  });

  test('of a pipeline as a whole, because a terminal does not show which process wrote a line', async () => {
    const [found] = await outputs("ls /no-such | sh -c 'cat; echo read >&2; sleep 0.1'\necho after\n");
    // The line is certain if the reader began only after it.
    expect(found?.[1]).toMatch(/^(?:pipeline: )?ls: cannot access '\/no-such': No such file or directory(?:\nread)?$/);
  });

  test('of nothing that ran beside another command', async () => {
    const code = "sh -c 'sleep 0.1; echo one; exit 4' &\nsh -c 'sleep 0.2; echo two; exit 5'\nwait\n";
    expect((await outputs(code)).map(([, output]) => output)).toEqual([undefined, undefined]);
  });

  test('and leaves no marks in the transcript', async () => {
    await run('ls /no-such\nls / | cat\n');
    const cast = await readFile(path.join(folder, 'x.cast'), 'utf8');
    expect(cast).toContain('/no-such');
    expect(cast).not.toContain('_drillbook');
  });
});

test('records the error that redis-cli printed although it ended with 0', async () => {
  const code =
    'redis-cli() { printf "$1"; }\nredis-cli "ERR unknown command\\n\\n"\nredis-cli "OK\\n"\necho "ERR no reply"\necho\n' +
    'echo x | redis-cli "(error) NOAUTH required\\n"\nredis-cli "OOM not allowed\\n\\n" | cat\n';
  const { commands } = await run(code);
  expect(
    commands.filter(({ errorReply }) => errorReply).map(({ location, errorReply }) => [location.line, errorReply]),
  ).toEqual([
    [7, 'ERR unknown command'],
    [11, 'NOAUTH required'],
  ]);
});

describe('records an HTTP error', () => {
  // The operator has Perl, because Debian needs it, but no Node.
  const answer = 'while (<$c>) { last if /^\\r\\n$/ } print $c "HTTP/1.0 503 Busy\\r\\n\\r\\nbusy\\n"; close $c';
  const listen = '$s = IO::Socket::INET->new(LocalPort => 8099, Listen => 9, ReuseAddr => 1)';
  const server = `perl -MIO::Socket::INET -e '${listen}; while ($c = $s->accept) { ${answer} }' & SERVER=$!\n`;
  const wait = 'until curl -s http://127.0.0.1:8099/ >/dev/null; do sleep 0.1; done\n';
  const asking = async (asks: readonly string[]): Promise<readonly CommandRan[]> => {
    const { commands } = await run(`${server}${wait}${asks.join('\n')}\nkill "$SERVER"\n`);
    return commands.filter(({ text }) => /^(?:timeout 20 )?curl/.test(text) && !text.endsWith('>/dev/null'));
  };

  test('that curl got and does not show', async () => {
    const commands = await asking([
      'curl -s http://127.0.0.1:8099/',
      'curl -s http://127.0.0.1:8099/ | cat',
      'timeout 20 curl -s http://127.0.0.1:8099/',
      'curl -s -o /dev/null http://127.0.0.1:8099/',
      "curl -s -w '%{http_code}' http://127.0.0.1:8099/",
      'curl -sf http://127.0.0.1:8099/ || true',
    ]);
    expect(commands.map(({ httpStatus }) => httpStatus)).toEqual([503, 503, 503, undefined, undefined, undefined]);
  });

  test('and whether the block itself gets the answer', async () => {
    const commands = await asking([
      'body=$(curl -s http://127.0.0.1:8099/)',
      'if curl -s http://127.0.0.1:8099/ | grep -q ready; then echo yes; fi',
      `bash -c 'if curl -s http://127.0.0.1:8099/ | grep -q ready; then echo yes; fi'`,
      `sh -c 'body=$(curl -s http://127.0.0.1:8099/); echo "$body"'`,
      'curl -s http://127.0.0.1:8099/ | grep -c busy',
    ]);
    expect(commands.map(({ httpStatus, captured }) => [httpStatus, captured])).toEqual([
      ...Array.from({ length: 4 }, () => [503, true]),
      [503, undefined],
    ]);
  });
});

describe('knows whether the reader of a command stopped early', () => {
  /** What was recorded of the command that begins with `name`. */
  const writer = async (code: string, name: string): Promise<CommandRan | undefined> =>
    (await run(code)).commands.findLast(({ text }) => text.startsWith(name));

  test.each([
    'seq 100000 | head -3',
    'seq 100000 | grep -q 7',
    'seq 100000 | grep -m 1 7',
    'seq 100000 | sed 2q',
    "seq 100000 | awk 'NR == 2 { exit }'",
    'seq 100000 | { read -r first; echo "$first"; }',
    'seq 100000 | while read -r line; do break; done',
    'seq 100000 | cat | head -1',
    '{ echo a; seq 100000; } | head -1',
    'while read -r line; do break; done < <(seq 100000)',
    'head -1 < <(seq 100000)',
    'exec 3< <(seq 100000); read -r -u 3 line; exec 3<&-',
  ])('%s', async (code) => {
    expect(await writer(`${code}\ntrue\n`, 'seq')).toMatchObject({
      reader: expect.stringMatching(/^left/) as string,
    });
  });

  test('with a code of its own, too', async () => {
    // The reader takes one of the first two bytes, so the other one is unread however slow the machine is.
    const code = `bash -c 'trap "exit 9" PIPE; for n in {1..20000}; do echo $n; done' | head -c 1\n`;
    expect(await writer(code, 'bash')).toMatchObject({ exitCode: 9, reader: 'left-unread' });
  });

  test.each([
    "bash -c 'seq 9; exit 5' | cat",
    "bash -c 'seq 9; exit 5' | head -20",
    "bash -c 'seq 9; exit 5' | grep -c 7",
    "bash -c 'seq 9; exit 5' | while read -r line; do :; done",
    "bash -c 'sleep 0.2; exit 5' | true",
    "bash -c 'exit 5' | head -1",
    "while read -r line; do :; done < <(bash -c 'seq 9; exit 5')",
  ])('not for %s', async (code) => {
    const { exitCode, reader } = (await writer(`${code}\ntrue\n`, 'bash')) ?? {};
    expect([exitCode, reader]).toEqual([5, undefined]);
  });

  test('for a loop that the closed pipe ends', async () => {
    const { commands } = await run('for n in {1..100000}; do echo "$n"; done | head -1\n');
    const notWell = commands.filter(({ exitCode }) => exitCode !== 0);
    expect(notWell.map(({ text, reader }) => [text, reader?.replace('-unread', '')])).toEqual([['echo "$n"', 'left']]);
  });
});

test.each([
  ["while read -r line; do :; done < <(bash -c 'echo a; exit 5')", 5],
  ["while read -r line; do :; done < <(bash -c 'echo a; exit 0')", 0],
  ["cat <(bash -c 'exit 5')", 5],
  ["wc -l < <(bash -c 'exit 5')", 5],
  ["(mapfile -t lines < <(bash -c 'exit 5'))", 5],
  ["wc -l < <(bash -c 'kill -9 $$')", 137],
])('knows how a command behind `<(...)` ended, even at the end of a block: %s', async (code, status) => {
  const { commands } = await run(`${code}\n`);
  expect(commands.find(({ text }) => text.startsWith('bash'))).toMatchObject({ exitCode: status });
});

test('knows that a function ended with the value of its last arithmetic statement', async () => {
  const { commands } = await run('n=0\nnext() { ((n++)); }\nnext\nwell() { false; }\nwell\ntrue\n');
  expect(commands.map(({ text, exitCode, arithmetic }) => [text, exitCode, arithmetic])).toEqual([
    ['n=0', 0, undefined],
    ['next', 1, true],
    ['((n++))', 1, true],
    ['well', 1, undefined],
    ['false', 1, undefined],
    ['true', 0, undefined],
  ]);
});

describe('records nothing that counts as a failure in a right block', () => {
  test.each([
    ['a loop over `<(...)`', 'while read -r name; do echo "$name"; done < <(seq 3 | sort -r)\n'],
    ['an array from `<(...)`', 'mapfile -t names < <(ls /)\necho "${#names[@]}"\n'],
    ['a wait with a limit', 'n=0\nuntil [ -e /nowhere ] || [ "$n" -ge 3 ]; do\n  ((n++))\n  sleep 0.05\ndone\n'],
    ['a wait that gives up', 'until ls /nowhere 2>/dev/null; do\n  ((SECONDS >= 1)) && break\n  sleep 0.1\ndone\n'],
    ['a wait by a function', 'ready() { ((++n > 2)); }\nwhile ! ready; do sleep 0.05; done\n'],
    [
      'strict mode with traps and a main function',
      'set -Eeuo pipefail\ntrap \'echo "gave up in line $LINENO" >&2\' ERR\ntrap "echo tidy" EXIT\nmain() {\n' +
        '  local name="${1:-all}"\n  if ! grep -q "$name" /etc/hostname; then echo "$name"; fi\n  ls / | sort -r\n}\nmain "$@"\n',
    ],
  ])('%s', async (_, code) => {
    const { commands, ended } = await run(code);
    const failed = commands.filter(
      ({ exitCode, role, arithmetic }) => exitCode !== 0 && role === 'command' && arithmetic === undefined,
    );
    expect(failed).toEqual([]);
    expect(ended).toMatchObject({ ended: 'exited', exitCode: 0, traced: true });
  });
});

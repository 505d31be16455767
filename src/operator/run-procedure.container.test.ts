import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { EventBody } from '../history/events.ts';
import { createSandboxClock } from '../kernel/clock.ts';
import { pollUntil } from '../kernel/poll-until.ts';
import { parseRunbook } from '../runbook/parse-runbook.ts';
import { runProcedure, type ProcedureOptions } from './run-procedure.ts';
import { readTerminal } from './terminal-text.ts';
import { firstLine, runBlock, type Ran } from './testing/run-block.ts';
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

const run = (code: string, options: Partial<ProcedureOptions> = {}, on = host): Promise<Ran> =>
  runBlock(on, folder, code, options);

/** `[line of the block, exit code]` of each command, in the order of their starts. */
const exits = ({ commands }: Ran): readonly (readonly [number, number | null])[] =>
  commands.map(({ location, exitCode }) => [location.line - firstLine + 1, exitCode]);

describe('records the exit code of each command by line, and the block behaves as without tracing', () => {
  test.each<{
    readonly what: string;
    readonly code: string;
    readonly args?: readonly string[];
    readonly exits: readonly (readonly [number, number | null])[];
  }>([
    {
      what: 'one after the other',
      code: 'true\nfalse\n(exit 3)\ntrue\n',
      exits: [
        [1, 0],
        [2, 1],
        [3, 3],
        [4, 0],
      ],
    },
    {
      what: 'a last command that fails',
      code: 'true\nls /nonexistent\n',
      exits: [
        [1, 0],
        [2, 2],
      ],
    },
    {
      what: 'here-documents',
      code: 'cat <<EOF\nfalse\n$((1+1))\nEOF\nfalse\n',
      exits: [
        [1, 0],
        [5, 1],
      ],
    },
    {
      what: 'functions',
      code: 'f() {\n  false\n  return 4\n}\nf\ntrue\n',
      exits: [
        [5, 4],
        [2, 1],
        [3, 4],
        [6, 0],
      ],
    },
    {
      what: 'subshells',
      code: '(\n  false\n  ls / >/dev/null\n  exit 5\n)\necho "$?"\n',
      exits: [
        [2, 1],
        [3, 0],
        [4, 5],
        [6, 0],
      ],
    },
    {
      what: 'pipes, each member',
      code: 'false | true\nls /nonexistent 2>/dev/null | grep -c x\n',
      exits: [
        [1, 1],
        [1, 0],
        [2, 2],
        [2, 1],
      ],
    },
    {
      what: 'exit',
      code: 'true\nexit 7\nfalse\n',
      exits: [
        [1, 0],
        [2, 7],
      ],
    },
    {
      what: 'set -e',
      code: 'set -e\ntrue\nfalse\necho never\n',
      exits: [
        [1, 0],
        [2, 0],
        [3, 1],
      ],
    },
    {
      what: 'set -o pipefail',
      code: 'set -eo pipefail\nfalse | true\necho never\n',
      exits: [
        [1, 0],
        [2, 1],
        [2, 0],
      ],
    },
    {
      what: 'a command over several lines, quoted',
      code: "bash -c '\necho one\nexit 9\n'\ntrue\n",
      // bash itself, and the last command of its script.
      exits: [
        [1, 9],
        [1, 9],
        [5, 0],
      ],
    },
    {
      what: 'a command that does not exist',
      code: 'no-such-command --now\ntrue\n',
      exits: [
        [1, 127],
        [2, 0],
      ],
    },
    {
      what: 'conditions',
      code: 'if false; then\n  true\nfi\nfalse || true\nfalse && true\n',
      exits: [
        [1, 1],
        [4, 1],
        [4, 0],
        [5, 1],
      ],
    },
    {
      what: 'loops',
      code: 'for i in 1 2; do\n  [ "$i" = 1 ]\ndone\n',
      exits: [
        [2, 0],
        [2, 1],
      ],
    },
    {
      what: 'while read',
      code: 'printf "a\\nb\\n" | while read -r line; do\n  echo "$line"\ndone\n',
      exits: [
        [1, 0],
        [1, 0],
        [2, 0],
        [1, 0],
        [2, 0],
        [1, null],
      ],
    },
    {
      what: 'substitutions',
      code: 'x=$(echo out; false)\necho "$? $x"\n',
      exits: [
        [1, 1],
        [1, 0],
        [1, 1],
        [2, 0],
      ],
    },
    {
      what: 'a trap of its own',
      code: "trap 'echo bye' EXIT\nfalse\n",
      exits: [
        [1, 0],
        [2, 1],
      ],
    },
    {
      what: 'a death by signal',
      code: "bash -c 'kill -TERM $$'\ntrue\n",
      exits: [
        [1, 143],
        [2, 0],
      ],
    },
    {
      what: 'arguments',
      code: 'test "$1" = "a b"\ntest "$2" = b\n',
      args: ['a b', 'c'],
      exits: [
        [1, 0],
        [2, 1],
      ],
    },
    {
      what: 'what bash says of itself',
      code: 'echo "$- $BASH_SUBSHELL $# $0" | sed "s/[^ ]*[.]sh/script/; s/x//"\necho "${BASH_ENV-none} ${LD_PRELOAD:+set}" >/dev/null\n',
      exits: [
        [1, 0],
        [1, 0],
        [2, 0],
      ],
    },
  ])('$what', async ({ code, args = [], exits: expected }) => {
    const ran = await run(code, { args });
    expect(ran.ended).toMatchObject({ ended: 'exited', traced: true });
    expect([...exits(ran)].toSorted(byLine)).toEqual([...expected].toSorted(byLine));
    const plain = await host.runPlain(code, args);
    expect(ran.ended.exitCode).toBe(plain.exitCode);
    const named = (text: string): string => text.replaceAll(/\/\S+\.sh/g, 'script');
    expect(named(ran.ended.output)).toBe(named(readTerminal(plain.output)));
  });
});

/** The commands of a pipeline start in any order. */
function byLine(a: readonly [number, number | null], b: readonly [number, number | null]): number {
  return a[0] - b[0] || (a[1] ?? -1) - (b[1] ?? -1);
}

test('gives the block a terminal on all three streams, and its script is not its stdin', async () => {
  const ran = await run('test -t 0\ntest -t 1\ntest -t 2\ncat /proc/self/fd/0 </dev/null\n');
  expect(exits(ran).map(([, code]) => code)).toEqual([0, 0, 0, 0]);
});

test('records the output of a failed command with the command', async () => {
  const { commands } = await run('ls /nonexistent\n');
  expect(commands[0]?.output).toContain("cannot access '/nonexistent'");
});

test('reports that a block switched tracing off', async () => {
  expect((await run('set +x\nfalse\ntrue\n')).ended.traced).toBe(false);
});

describe('prompts', () => {
  const answers = [
    { prompt: /Continue\?/, reply: 'y' },
    { prompt: /'DRAIN'/, reply: 'DRAIN' },
  ];

  test('answers one key, a line and a confirmation', async () => {
    const code = `read -p "Continue? (y/N) " -n 1 -r\necho\n[[ $REPLY =~ ^[Yy]$ ]]\nread -p "Type 'DRAIN' to confirm: " -r\n[[ $REPLY == "DRAIN" ]]\n`;
    const ran = await run(code, { answers });
    expect(exits(ran).map(([, status]) => status)).toEqual([0, 0, 0, 0, 0]);
    expect(ran.prompts.map(({ text, answer, location }) => [text, answer, location.line - firstLine + 1])).toEqual([
      ['Continue? (y/N)', 'y', 1],
      ["Type 'DRAIN' to confirm:", 'DRAIN', 4],
    ]);
  });

  test('answers a prompt that waits for a limited time', async () => {
    const code = `read -t 60 -p "Continue? (y/N) " -n 1 -r\necho\nread -t 60 -p "Type 'DRAIN' to confirm: " -r\n[[ $REPLY == "DRAIN" ]]\n`;
    const ran = await run(code, { answers, allowance: { realMs: 20_000 } });
    expect(ran.prompts.map(({ text, answer }) => [text, answer])).toEqual([
      ['Continue? (y/N)', 'y'],
      ["Type 'DRAIN' to confirm:", 'DRAIN'],
    ]);
    expect(exits(ran).map(([, status]) => status)).toEqual([0, 0, 0, 0]);
  });

  test('lets a prompt run out of its time if the scenario has no answer', async () => {
    const ran = await run('read -t 4 -p "Really? " answer\necho after\n', { answers, allowance: { realMs: 20_000 } });
    expect(ran.prompts).toMatchObject([{ text: 'Really?', answer: null }]);
    expect(ran.ended).toMatchObject({ ended: 'exited', exitCode: 0 });
  });

  test('ends the block at a prompt without an answer', async () => {
    const ran = await run('read -p "Really? " answer\necho never\n', { answers });
    expect(ran.ended).toMatchObject({ ended: 'unanswered-prompt', exitCode: null });
    expect(ran.prompts).toMatchObject([{ text: 'Really?', answer: null }]);
    expect(ran.ended.output).not.toContain('never');
  });

  test('answers programs as well as bash', async () => {
    const ran = await run('head -n 1\n', { answers: [{ prompt: /^$/, reply: 'typed' }] });
    expect(ran.prompts).toHaveLength(1);
    expect(exits(ran)).toEqual([[1, 0]]);
  });
});

describe('a block that does not end', () => {
  test('goes on after a command that never ends was cut', async () => {
    const ran = await run('tail -f /dev/null\necho after\n');
    expect(ran.commands.map(({ cut, exitCode }) => [cut, exitCode])).toEqual([
      [true, null],
      [false, 0],
    ]);
    expect(ran.ended).toMatchObject({ ended: 'exited', exitCode: 0 });
    expect(ran.ended.output).toContain('after');
  });

  test('is cut after its timeout, and leaves no process', async () => {
    const ran = await run('sleep 1234 &\nsleep 1235\n', { allowance: { realMs: 5000 } });
    expect(ran.ended).toMatchObject({ ended: 'cut', exitCode: null });
    expect(ran.commands.at(-1)).toMatchObject({ cut: true, exitCode: null });
    expect((await host.run(['pgrep', '-f', 'sleep 123'])).stdout).toBe('');
  });

  test('records no failure for a command that is killed with its block', async () => {
    // `/proc/10` is listed before `/proc/7`: a command whose number comes before that of its bash is found first. In
    // a new
    // container numbers are small, and the first such one is a few processes away.
    await using fresh = await startTestHost();
    const first = 'until [[ $(exec sh -c "echo \\$\\$") < $$ ]]; do :; done\n';
    const ran = await run(`${first}sleep 1236\nsleep 1237\n`, { allowance: { realMs: 8000 } }, fresh);
    expect(ran.ended).toMatchObject({ ended: 'cut', exitCode: null });
    expect(ran.commands.at(-1)).toMatchObject({ text: 'sleep 1236', cut: true, exitCode: null, durationMs: null });
  });

  test('is ended by an interrupt', async () => {
    const controller = new AbortController();
    const running = run('sleep 1236\n', { signal: controller.signal });
    await pollUntil(async () => (await host.run(['pgrep', '-f', 'sleep 1236'])).exitCode === 0, {
      what: 'the sleep',
      withinMs: 10_000,
    });
    controller.abort(new Error('interrupted'));
    expect((await running).ended).toMatchObject({ ended: 'interrupted' });
    expect((await host.run(['pgrep', '-f', 'sleep 1236'])).stdout).toBe('');
  });

  test('loses the beginning of endless output', async () => {
    const { ended } = await run('yes drill | head -c 2000000\n', { neverEndingMs: 20_000 });
    expect(ended.outputCut).toBe(true);
    expect(ended.output.length).toBeLessThan(400_000);
  });
});

test('reports placeholders and parameters without a value', async () => {
  expect((await run('echo <queue> "$1" "$2"\n', { args: ['one'] })).ended.unfilled).toEqual(['<queue>', '$2']);
  // Arguments may be left out on purpose. A placeholder must never be typed.
  expect((await run('echo <queue> "$1" "$2"\n', { lacksArgs: true })).ended.unfilled).toEqual(['<queue>']);
});

test('writes an asciicast of everything that the terminal showed', async () => {
  await run('echo hello\n');
  const [header = '', ...events] = (await readFile(path.join(folder, 'x.cast'), 'utf8')).trim().split('\n');
  expect(JSON.parse(header)).toMatchObject({ version: 2, width: 160, height: 50 });
  expect(events.map((line) => (JSON.parse(line) as [number, string, string])[2]).join('')).toContain('hello\r\n');
});

test('reports that the operator was lost in the middle of a block', async () => {
  await using other = await startTestHost();
  const events: EventBody[] = [];
  const runbook = await parseRunbook('# R\n\n## 1. S\n\n```bash\nsleep 1237\n```\n', 'runbook.md');
  const [procedure] = runbook.procedures;
  if (!procedure) throw new Error('no block');
  const running = runProcedure(
    other,
    {
      procedure,
      args: [],
      answers: [],
      allowance: { realMs: 30_000 },
      neverEndingMs: 500,
      clock: createSandboxClock(1),
      castFile: path.join(folder, 'y.cast'),
      signal: new AbortController().signal,
    },
    (event) => void events.push(event),
  );
  await pollUntil(async () => (await other.run(['pgrep', '-f', 'sleep 1237'])).exitCode === 0, {
    what: 'the sleep',
    withinMs: 10_000,
  });
  await other.container.kill();
  await running;
  // The command and the block were killed with the container. That is not their own result.
  expect(events).toMatchObject([
    { type: 'command', text: 'sleep 1237', cut: true, exitCode: null, durationMs: null },
    { type: 'procedure.ended', ended: 'operator-lost', exitCode: null },
  ]);
});

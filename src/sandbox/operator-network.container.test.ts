import { afterAll, beforeAll, expect, test } from 'vitest';

import { startWalledSandbox, type WalledSandbox } from '../../test/support/walled-sandbox.ts';
import { pollUntil } from '../kernel/poll-until.ts';
import { runExec } from './run-exec.ts';

let walled: WalledSandbox;
beforeAll(async () => {
  walled = await startWalledSandbox();
});
afterAll(() => walled[Symbol.asyncDispose]());

interface Shell extends AsyncDisposable {
  /** Types a line, and returns what the shell printed until its end. */
  type(line: string): Promise<string>;
}

/** An interactive shell in the operator, under a terminal, as a person has it. */
async function openShell(): Promise<Shell> {
  const { operator } = walled.sandbox;
  const { stream } = await operator.exec(['bash', '--norc', '-i'], { env: { PS1: '> ' }, cwd: '/tmp' });
  let heard = '';
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => (heard += text)).on('error', () => undefined);
  let lines = 0;
  return {
    async type(line) {
      lines += 1;
      const [from, end] = [heard.length, `line ${lines} ended`];
      // In two parts, so that the echo of the line is not taken for its end.
      stream.write(`${line}\nprintf 'line ${lines} %s\\n' ended\n`);
      await pollUntil(() => heard.slice(from).includes(end), { what: `the end of \`${line}\``, withinMs: 60_000 });
      return heard.slice(from, heard.indexOf(end, from));
    },
    [Symbol.asyncDispose]: () => {
      stream.destroy();
      return Promise.resolve();
    },
  };
}

/** Exit status of curl and the status of the answer. 7: the connection was refused. */
const ask = 'curl -s -o /dev/null -m 5 -w "curl %{exitcode} http %{http_code}\\n" localhost:64000/metrics';

async function curlInOperator(): Promise<string> {
  return (await walled.sandbox.operator.run(['bash', '-c', ask])).stdout.trim();
}

async function answersAgain(shell: Shell): Promise<void> {
  await pollUntil(async () => (await shell.type(ask)).includes('curl 0 http 200'), {
    what: 'an answer of the api on localhost',
    withinMs: 60_000,
    everyMs: 100,
  });
}

test('a shell in the operator survives a restart of the api, and localhost answers again', async () => {
  await using shell = await openShell();
  await shell.type('cd /var/tmp; mark=kept; echo earlier');
  expect(await shell.type('docker compose restart api')).toMatch(/-api-1 .*Started/);
  await answersAgain(shell);
  expect(await shell.type('history; pwd; echo "$mark"')).toMatch(/ echo earlier[^]*\/var\/tmp\r\nkept\r\n/);
});

test('a new container of the api answers on localhost, too', async () => {
  await using shell = await openShell();
  expect(await shell.type('docker compose up -d --force-recreate --no-deps api')).toMatch(/-api-1 .*Started/);
  await answersAgain(shell);
});

test.each([
  ['stopped', 'docker compose stop -t 1 api'],
  ['killed', 'docker compose kill api'],
  ['removed', 'docker compose rm --stop --force api'],
])('localhost refuses connections while the api is %s', async (_how, command) => {
  await using shell = await openShell();
  await shell.type(command);
  // For a moment after the end of the api, localhost may still accept a connection, which it then resets.
  await pollUntil(async () => (await curlInOperator()) !== 'curl 56 http 000', {
    what: 'a refusal',
    withinMs: 15_000,
  });
  for (let times = 0; times < 5; times += 1) expect(await curlInOperator()).toBe('curl 7 http 000');
  await shell.type('docker compose up -d api');
  await answersAgain(shell);
});

test('an answer passes whole', async () => {
  const { operator } = walled.sandbox;
  const direct = 'curl -s http://api:64000/metrics | grep "^# TYPE" | sort | sha256sum';
  const { stdout } = await operator.run(['bash', '-c', `${direct}; ${direct.replace('http://api', 'localhost')}`]);
  const [first, second] = stdout.trim().split('\n');
  expect(second).toBe(first);
});

/** The clients that are connected with the api, as its own container sees them: `address:port`, both in hex. */
async function clientsOfApi(): Promise<ReadonlySet<string>> {
  const { bare, sandbox } = walled;
  const api = bare.getContainer(`${sandbox.project}-api-1`);
  const { stdout } = await runExec(bare, api, ['cat', '/proc/net/tcp', '/proc/net/tcp6']);
  // The api's port is 64000, and 01 is the state of an open connection.
  return new Set(Array.from(stdout.matchAll(/:FA00 ([0-9A-F]+:[0-9A-F]{4}) 01 /g), ([, client = '']) => client));
}

test('the api sees that a client has left', async () => {
  const { operator } = walled.sandbox;
  const before = await clientsOfApi();
  const stay = 'exec 3<>/dev/tcp/localhost/64000; until [ -e /tmp/leave ]; do sleep 0.1; done';
  const client = operator.run(['timeout', '60', 'bash', '-c', stay]);
  // The relay itself connects for a moment, again and again. The client's connection is the one that stays.
  let seen = before;
  const stays = async (): Promise<string | undefined> => {
    const earlier = seen;
    seen = await clientsOfApi();
    return [...seen].find((one) => earlier.has(one) && !before.has(one));
  };
  const connected = await pollUntil(stays, {
    what: 'the connection of the client',
    withinMs: 30_000,
    everyMs: 300,
  });
  await operator.run(['touch', '/tmp/leave']);
  expect((await client).exitCode).toBe(0);
  await pollUntil(async () => !(await clientsOfApi()).has(connected), {
    what: 'the end of its connection',
    withinMs: 10_000,
  });
});

test('the operator sees nothing of what serves its localhost, and cannot end it', async () => {
  const { operator } = walled.sandbox;
  const { stdout } = await operator.run(['bash', '-c', 'ps -e -o comm=; docker ps -a --format "{{.Names}}"']);
  expect(stdout).not.toMatch(/node|operator-network/);
  for (const signal of ['KILL', 'TERM', 'INT', 'HUP']) {
    const { exitCode } = await operator.run([
      'bash',
      '-c',
      `touch /tmp/before-${signal} && kill -${signal} -1 && kill -${signal} 1 && sleep 0.1`,
    ]);
    expect(exitCode, signal).toBe(0);
    // The same container still runs: its files are there.
    expect((await operator.run(['ls', `/tmp/before-${signal}`])).exitCode, signal).toBe(0);
    expect(await curlInOperator()).toBe('curl 0 http 200');
  }
});

test('what a procedure leaves is no zombie in the operator', async () => {
  const { operator } = walled.sandbox;
  await operator.run(['bash', '-c', '(setsid sleep 0.2 &) ; (setsid true &)']);
  const left = await operator.run([
    'bash',
    '-c',
    'until ! pgrep -x sleep; do :; done >/dev/null; ps -e -o stat= | grep -c ^Z',
  ]);
  expect(left.stdout).toBe('0\n');
});

test.each(['less', 'vi', 'watch', 'complete -p docker || _completion_loader docker; complete -p docker'])(
  'the operator has %s',
  async (tool) => {
    const script = /^\w+$/.test(tool) ? `command -v ${tool}` : tool;
    const { exitCode, stdout, stderr } = await walled.sandbox.operator.run(['bash', '-i', '-c', script]);
    expect(exitCode, stdout + stderr).toBe(0);
  },
);

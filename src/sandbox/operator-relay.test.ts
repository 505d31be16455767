/** The relay on the operator's localhost (images/operator-network/relay.mjs), with an api on another local address. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { pollUntil } from '../kernel/poll-until.ts';

const program = path.resolve(import.meta.dirname, '../../images/operator-network/relay.mjs');
const apiHost = '127.0.0.2';

let relay: ChildProcess;
let port: number;
beforeEach(async () => {
  port = await freePort();
  const env = { ...process.env, RELAY: JSON.stringify({ host: apiHost, ports: [port] }) };
  relay = spawn(process.execPath, [program], { env, stdio: ['ignore', 'ignore', 'inherit'] });
});
afterEach(async () => {
  relay.kill('SIGTERM');
  await once(relay, 'exit');
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port: free } = server.address() as { readonly port: number };
  server.close();
  return free;
}

interface Api extends AsyncDisposable {
  readonly sockets: Set<Socket>;
}

/** Answers each connection when its client has said all, as it were dying: it takes its connections with it. */
async function startApi(answer: (said: string, socket: Socket) => void): Promise<Api> {
  const sockets = new Set<Socket>();
  const server: Server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).once('close', () => sockets.delete(socket));
    void text(socket).then(
      (said) => answer(said, socket),
      () => undefined,
    );
  });
  server.listen(port, apiHost);
  await once(server, 'listening');
  return {
    sockets,
    [Symbol.asyncDispose]: async () => {
      server.close();
      for (const socket of sockets) socket.resetAndDestroy();
      await once(server, 'close');
    },
  };
}

/** What a client on localhost gets: the answer, or the code of its error. */
async function ask(said: string, host = '127.0.0.1'): Promise<string> {
  const client = connect({ host, port, allowHalfOpen: true });
  client.end(said);
  return text(client).catch((error: NodeJS.ErrnoException) => error.code ?? 'error');
}

const answers = (said: string): Promise<unknown> =>
  pollUntil(async () => (await ask(said)) === `heard ${said}`, { what: 'an answer', withinMs: 20_000, everyMs: 20 });
const echo = (said: string, socket: Socket): void => void socket.end(`heard ${said}`);

test('refuses connections as long as there is no api, and passes them on when there is', async () => {
  await pollUntil(() => relay.pid, { what: 'the relay', withinMs: 20_000 });
  expect(await ask('x')).toBe('ECONNREFUSED');
  await using started = new AsyncDisposableStack();
  started.use(await startApi(echo));
  await answers('x');
  const long = 'y'.repeat(5_000_000);
  expect(await ask(long)).toBe(`heard ${long}`);
});

test('refuses connections again after the api has died, and never answers with nothing', async () => {
  const api = await startApi(echo);
  await answers('x');
  await api[Symbol.asyncDispose]();
  const seen: string[] = [];
  await pollUntil(async () => seen[seen.push(await ask('x')) - 1] === 'ECONNREFUSED', {
    what: 'a refusal',
    withinMs: 20_000,
    everyMs: 1,
  });
  // In between, a connection that was accepted is reset.
  expect(seen.filter((one) => one !== 'ECONNREFUSED' && one !== 'ECONNRESET')).toEqual([]);
  for (let times = 0; times < 20; times += 1) expect(await ask('x')).toBe('ECONNREFUSED');
  await using again = new AsyncDisposableStack();
  again.use(await startApi(echo));
  await answers('z');
});

test('resets a client whose api dies in the middle of an answer', async () => {
  await using api = await startApi((said, socket) => {
    if (said === 'x') socket.end('heard x');
    else socket.write('half of ');
  });
  await answers('x');
  const client = connect({ host: '127.0.0.1', port, allowHalfOpen: true });
  client.end('die');
  const [chunk] = (await once(client, 'data')) as [Buffer];
  expect(chunk.toString()).toBe('half of ');
  const failed = once(client, 'error');
  for (const socket of api.sockets) socket.resetAndDestroy();
  expect(await failed).toMatchObject([{ code: 'ECONNRESET' }]);
});

const hasIpv6 = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === '::1'));

test.skipIf(!hasIpv6)('takes the port again when the program that used it has ended', async () => {
  const taken = createServer((socket) => socket.end('taken')).listen(port, '127.0.0.1');
  await once(taken, 'listening');
  await using started = new AsyncDisposableStack();
  started.use(await startApi(echo));
  await pollUntil(async () => (await ask('x', '::1')) === 'heard x', { what: 'an answer on IPv6', withinMs: 20_000 });
  expect(await ask('x')).toBe('taken');
  taken.close();
  await answers('x');
});

test('ends the connection to the api when the client leaves', async () => {
  const heard: string[] = [];
  await using api = await startApi((said, socket) => {
    heard.push(said);
    echo(said, socket);
  });
  await answers('x');
  const client = connect({ host: '127.0.0.1', port });
  await once(client, 'connect');
  const isOpen = (): boolean => [...api.sockets].some(({ bytesRead }) => bytesRead === 'something'.length);
  client.write('something');
  await pollUntil(isOpen, { what: 'the connection at the api', withinMs: 20_000, everyMs: 5 });
  expect(heard).not.toContain('something');
  client.resetAndDestroy();
  await pollUntil(() => !isOpen(), { what: 'its end', withinMs: 20_000, everyMs: 5 });
  expect(heard).toContain('something');
});

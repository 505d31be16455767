/** The wall as a server, between raw bytes on its socket and a test engine. */
import http from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { execs, hiddenLabel, member, stock } from '../../test/support/fake-engine.ts';
import { pollUntil, waitOut } from '../kernel/poll-until.ts';
import { openWall, type WallEvent } from './open-wall.ts';

const { worker, foreign } = stock;
const logs = `/v1.41/containers/${worker.Id}/logs?follow=1&stdout=1`;
const chunk = Buffer.alloc(64 * 1024, 'y');

let folder: string;
let engine: Engine;
let wall: { close(): Promise<void> };
let reported: WallEvent[];
let touched: string[];

/** Answers the requests of the tests, records them, and slows down when its reader does. */
class Engine {
  readonly asked: { readonly line: string; readonly headers: http.IncomingHttpHeaders; readonly body: string }[] = [];
  readonly connections = new Set<net.Socket>();
  /** Bytes of endless logs handed to the kernel. */
  written = 0;
  /** Whether commands continue to print after the end of their input, until the client is gone. */
  stubborn = false;
  /** The status of the answer to an order to start or restart a container. */
  startStatus = 204;
  /** Connections are handed over when this resolves. */
  handover: Promise<void> = Promise.resolve();
  readonly #server = http.createServer((request, response) => void this.#answer(request, response));

  async listen(socket: string): Promise<void> {
    this.#server.on('connection', (connection: net.Socket) => {
      this.connections.add(connection);
      connection.on('error', () => undefined).once('close', () => this.connections.delete(connection));
    });
    this.#server.on('upgrade', (request, connection: net.Socket, head: Buffer) =>
      this.#upgrade(request, connection, head),
    );
    await new Promise<void>((resolve) => this.#server.listen(socket, resolve));
  }

  async close(): Promise<void> {
    for (const connection of this.connections) connection.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** The requests on behalf of clients. The wall's own look-ups name no version. */
  forClients(): readonly string[] {
    return this.asked
      .map(({ line }) => line)
      .filter((line) => / \/(v1|_ping)/.test(line) && !line.startsWith('UPGRADE'));
  }

  async #answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<unknown> {
    const target = request.url ?? '';
    this.asked.push({ line: `${request.method} ${target}`, headers: request.headers, body: await text(request) });
    const say = (value: unknown, status = 200): unknown => response.writeHead(status).end(JSON.stringify(value));
    if (target.endsWith('/_ping')) return response.end('OK');
    if (target.includes('/events')) return response.end(eventLines);
    if (target.includes('/logs')) return this.#pour(response);
    if (target.startsWith('/containers/json')) return say([worker, foreign]);
    if (target.includes(execs.curl)) return say({ ContainerID: worker.Id, ProcessConfig: curl });
    if (target.includes('/exec/')) return say({ ContainerID: target.includes(execs.own) ? worker.Id : foreign.Id });
    if (target.endsWith('/exec')) return say({ Id: execs.own }, 201);
    if (/\/(?:re)?start$/.test(target)) return response.writeHead(this.startStatus).end();
    return say({ message: 'no such thing' }, 404);
  }

  #pour(response: http.ServerResponse): void {
    const more = (): void => {
      while (!response.destroyed) {
        this.written += chunk.length;
        if (!response.write(chunk)) break;
      }
    };
    response.on('drain', more);
    more();
  }

  /** A command that echoes its input, and prints `done` at the end. */
  #upgrade(request: http.IncomingMessage, connection: net.Socket, head: Buffer): void {
    const length = Number(request.headers['content-length'] ?? 0);
    const say = (data: Buffer): void => {
      if (!connection.write(data)) {
        connection.pause();
        connection.once('drain', () => connection.resume());
      }
    };
    const start = (body: string, rest: Buffer): void => {
      this.asked.push({ line: `UPGRADE ${request.url}`, headers: request.headers, body });
      void this.handover.then(() => hand(rest));
    };
    const hand = (rest: Buffer): void => {
      connection.write(
        'HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.raw-stream\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n',
      );
      if (rest.length > 0) say(rest);
      connection.on('data', say).once('end', () => {
        if (!this.stubborn) return connection.end('done');
        const ticks = setInterval(() => connection.write('.'), 20);
        return connection.once('close', () => clearInterval(ticks));
      });
    };
    let got = head;
    const gather = (data: Buffer): void => {
      got = Buffer.concat([got, data]);
      if (got.length < length) return;
      connection.off('data', gather);
      start(got.subarray(0, length).toString(), got.subarray(length));
    };
    connection.on('data', gather);
    gather(Buffer.alloc(0));
  }
}

/** How the engine describes a command that asks for a page. */
const curl = { entrypoint: 'curl', arguments: ['http://api/jobs'], tty: true };
const eventOf = (container: Pick<typeof worker, 'Id' | 'Labels'>): string =>
  JSON.stringify({
    Type: 'container',
    Action: 'die',
    Actor: { ID: container.Id, Attributes: { ...container.Labels } },
  });
const eventLines = `${eventOf(foreign)}\n${eventOf(worker)}\n`;

/** @param more options that differ from the defaults */
const open = async (more: Partial<Parameters<typeof openWall>[0]> = {}): Promise<void> => {
  wall = await openWall({
    engineSocket: path.join(folder, 'engine.sock'),
    folder,
    project: 'drillbook-mine',
    labels: { [member.key]: member.value },
    member,
    hiddenLabel,
    harnessServices: [],
    images: [],
    creations: { containers: {}, networks: {}, volumes: {} },
    ceiling: { memory: 1e9, processes: 100 },
    toRealSeconds: (_, seconds) => seconds,
    onEvent: (event) => reported.push(event),
    onTouched: (service) => touched.push(service),
    ...more,
  });
};

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'drillbook-wall-'));
  engine = new Engine();
  await engine.listen(path.join(folder, 'engine.sock'));
  reported = [];
  touched = [];
  await open();
});
afterEach(async () => {
  await settle();
  await wall.close();
  await engine.close();
  await rm(folder, { recursive: true });
});

/** Checks after each test that the wall still answers, and that no connection to the engine is left. */
async function settle(): Promise<string> {
  const answer = await converse('GET /_ping HTTP/1.1\r\nConnection: close\r\n\r\n');
  if (!answer.startsWith('HTTP/1.1 200 OK\r\n')) throw new Error(`the wall answers ${answer}`);
  await pollUntil(() => engine.connections.size === 0, {
    what: 'the end of all connections to the engine',
    withinMs: 20_000,
  });
  return 'settled';
}

interface Client {
  readonly socket: net.Socket;
  heard(): string;
  /** Everything that was received, as soon as it matches. */
  hear(pattern: RegExp): Promise<string>;
  ended(): Promise<string>;
}

function connect(): Client {
  const socket = net.connect({ path: path.join(folder, 'docker.sock'), allowHalfOpen: true });
  const chunks: Buffer[] = [];
  let over = false;
  socket.on('data', (data: Buffer) => chunks.push(data));
  socket.on('error', () => undefined);
  for (const event of ['end', 'close']) socket.once(event, () => (over = true));
  const heard = (): string => Buffer.concat(chunks).toString();
  return {
    socket,
    heard,
    hear: (pattern) =>
      pollUntil(() => (pattern.test(heard()) ? heard() : undefined), {
        what: `${String(pattern)} in the answer`,
        withinMs: 20_000,
      }),
    ended: () =>
      pollUntil(() => (over ? heard() || '(nothing)' : undefined), { what: 'the end of the answer', withinMs: 20_000 }),
  };
}

/** Sends bytes, and returns everything that arrives until the wall ends the connection. */
async function converse(bytes: string): Promise<string> {
  const client = connect();
  client.socket.write(bytes);
  try {
    return await client.ended();
  } finally {
    client.socket.destroy();
  }
}

const post = (target: string, headers: string, body = ''): string =>
  `POST ${target} HTTP/1.1\r\n${headers}\r\n\r\n${body}`;
const close = 'Connection: close';
const upgrade = 'Connection: Upgrade\r\nUpgrade: tcp';
const execTarget = `/v1.41/containers/${worker.Id}/exec`;
const startTarget = `/v1.41/exec/${execs.own}/start`;
const command = '{"Cmd":["id"]}';

describe('requests', () => {
  test('answers pipelined requests in their order, and sends each to the engine once', async () => {
    const answer = await converse(
      `GET /_ping HTTP/1.1\r\n\r\nGET /v1.41/_ping HTTP/1.1\r\n\r\nGET /v1.41/swarm HTTP/1.1\r\n\r\nGET /_ping HTTP/1.1\r\n${close}\r\n\r\n`,
    );
    expect(answer.match(/HTTP\/1.1 \d+/g)).toEqual([200, 200, 403, 200].map((status) => `HTTP/1.1 ${status}`));
    expect(engine.forClients()).toEqual(['GET /_ping', 'GET /v1.41/_ping', 'GET /_ping']);
  });

  test('sends a chunked body to the engine whole, with its length', async () => {
    const answer = await converse(
      post(execTarget, `Transfer-Encoding: chunked\r\n${close}`, '5\r\n{"Cmd\r\n9\r\n":["id"]}\r\n0\r\n\r\n'),
    );
    expect(answer).toMatch(/^HTTP\/1.1 201/);
    const sent = engine.asked.find(({ line }) => line === `POST ${execTarget}`);
    expect(sent).toMatchObject({ body: command, headers: { 'content-length': '14' } });
    expect(sent?.headers['transfer-encoding']).toBeUndefined();
    // A command may have changed the container.
    expect(touched).toEqual(['worker']);
  });

  test.each([
    [
      'a length and chunks',
      post(execTarget, `Content-Length: 14\r\nTransfer-Encoding: chunked\r\n${close}`, `0\r\n\r\n${command}`),
    ],
    ['two lengths', post(execTarget, `Content-Length: 14\r\nContent-Length: 0\r\n${close}`, command)],
    ['a length that is no number', post(execTarget, `Content-Length: 1e1\r\n${close}`, command)],
    ['a negative length', post(execTarget, `Content-Length: -1\r\n${close}`, command)],
    ['an unknown transfer coding', post(execTarget, `Transfer-Encoding: xchunked\r\n${close}`, command)],
    ['a bad chunk', post(execTarget, `Transfer-Encoding: chunked\r\n${close}`, `zz\r\n${command}\r\n0\r\n\r\n`)],
    ['a folded header', post(execTarget, `X: a\r\n b: c\r\nContent-Length : 14\r\n${close}`, command)],
    ['lines that end in LF alone', `GET /_ping HTTP/1.1\n${close}\n\n`],
    ['garbage', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 hello\r\n\r\n'],
    ['an oversized header', `GET /_ping HTTP/1.1\r\nX: ${'x'.repeat(20_000)}\r\n${close}\r\n\r\n`],
    ['a target in absolute form', `GET http://docker/_ping HTTP/1.1\r\n${close}\r\n\r\n`],
    ['an unknown version of HTTP', `GET /_ping HTTP/3.7\r\n${close}\r\n\r\n`],
    ['a body in two readings', post(startTarget, `${upgrade}\r\nTransfer-Encoding: chunked`, '2\r\n{}\r\n0\r\n\r\n')],
  ])('refuses %s, and sends nothing to the engine', async (_what, bytes) => {
    expect(await converse(bytes)).toMatch(/^HTTP\/1.1 4\d\d [^]*drillbook refused/);
    expect(engine.asked).toEqual([]);
    expect(reported).toEqual([expect.objectContaining({ outcome: 'refused' })]);
  });

  test.each([
    [204, ['finished']],
    [304, ['finished']],
    [404, []],
    [500, []],
  ])('says that an order is carried out only if the engine says so: %i', async (status, outcomes) => {
    engine.startStatus = status;
    await converse(`POST /v1.41/containers/${worker.Id}/start HTTP/1.1\r\nConnection: close\r\n\r\n`);
    expect(reported.map(({ outcome }) => outcome)).toEqual(outcomes);
  });

  test('wait as long as they are held', async () => {
    await wall.close();
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    let waiting = 0;
    await open({
      held: () => {
        waiting += 1;
        return released;
      },
    });
    const restart = `POST /v1.41/containers/${worker.Id}/restart HTTP/1.1\r\nConnection: close\r\n\r\n`;
    const [restarts, runs] = [connect(), connect()];
    restarts.socket.write(restart);
    runs.socket.write(post(startTarget, `${upgrade}\r\nContent-Length: 2`, '{}'));
    await pollUntil(() => waiting === 2, { what: 'two held requests', withinMs: 20_000 });
    expect([reported, restarts.heard(), runs.heard()]).toEqual([[], '', '']);
    release();
    expect(await restarts.ended()).toMatch(/^HTTP\/1.1 204/);
    await runs.hear(/^HTTP\/1.1 101/);
    runs.socket.destroy();
    expect(reported.map(({ outcome }) => outcome)).toEqual(['obeyed', 'finished']);
  });

  test('refuses a body that is too large, without reading it', async () => {
    const client = connect();
    client.socket.write(post(execTarget, 'Content-Length: 100000000', 'x'.repeat(2_000_000)));
    expect(await client.ended()).toMatch(/^HTTP\/1.1 413 [^]*too large/);
    client.socket.destroy();
    expect(engine.asked).toEqual([]);
  });

  test('answers HTTP/1.0 and ends the connection', async () => {
    expect(await converse('GET /_ping HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1.1 200 OK[^]*OK$/);
  });

  test('refuses CONNECT', async () => {
    expect(await converse('CONNECT example.com:443 HTTP/1.1\r\nHost: example.com\r\n\r\n')).toMatch(/^HTTP\/1.1 403/);
  });

  test('gives up a request that never ends', async () => {
    await wall.close();
    await open({ headersWithinMs: 500 });
    expect(await converse('GET /_ping HTTP/1.1\r\nX-Slow: ')).toMatch(/^HTTP\/1.1 40[08]/);
    expect(engine.asked).toEqual([]);
  });

  test('keeps an idle connection open, as the engine does', { timeout: 20_000 }, async () => {
    const client = connect();
    client.socket.write('GET /_ping HTTP/1.1\r\n\r\n');
    await client.hear(/\r\nOK\r\n/);
    await waitOut(7000);
    client.socket.write('GET /v1.41/_ping HTTP/1.1\r\n\r\n');
    expect(await client.hear(/200 OK[^]*200 OK/)).toMatch(/200 OK[^]*200 OK/);
    client.socket.destroy();
  });
});

describe('a connection that is handed over', () => {
  test.each([
    ['in one packet', [`${post(startTarget, `${upgrade}\r\nContent-Length: 2`, '{}')}early `]],
    ['in three packets', [post(startTarget, `${upgrade}\r\nContent-Length: 2`), '{', '}early ']],
  ])('carries bytes both ways until one side ends, after a request %s', async (_how, packets) => {
    const client = connect();
    for (const packet of packets) {
      client.socket.write(packet);
      // The pause makes it likely that each piece becomes a packet of its own.
      await waitOut(50);
    }
    await client.hear(/^HTTP\/1.1 101 [^]*early $/);
    client.socket.end('late ');
    expect(await client.ended()).toMatch(/\r\n\r\nearly late done$/);
    client.socket.destroy();
    expect(engine.asked.filter(({ line }) => line.startsWith('UPGRADE'))).toMatchObject([
      { line: `UPGRADE ${startTarget}`, body: '{}' },
    ]);
  });

  test('is refused if the body is missing', async () => {
    expect(await converse(post(startTarget, upgrade))).toMatch(/^HTTP\/1.1 400 /);
    expect(engine.forClients()).toEqual([]);
  });

  test('is refused for a foreign command', async () => {
    expect(await converse(post(`/v1.41/exec/${execs.foreign}/start`, `${upgrade}\r\nContent-Length: 2`, '{}'))).toMatch(
      /^HTTP\/1.1 404 /,
    );
    expect(engine.forClients()).toEqual([]);
  });

  test('becomes an ordinary answer without hidden lines if the engine hands nothing over', async () => {
    const answer = await converse(`GET /v1.41/events HTTP/1.1\r\n${upgrade}\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1.1 200 /);
    expect(answer).toContain(worker.Id);
    expect(answer).not.toContain(foreign.Id);
    const client = connect();
    client.socket.write(`GET ${logs} HTTP/1.1\r\n${upgrade}\r\n\r\n`);
    await client.hear(/y{1000}/);
    client.socket.destroy();
  });

  test('loses the status that a curl in it reports, which the wall reports instead', async () => {
    const start = (exec: string): string => post(`/v1.41/exec/${exec}/start`, `${upgrade}\r\nContent-Length: 2`, '{}');
    const printed = 'no such job\x1b_drillbook;http.404\x1b\\';
    const asking = connect();
    asking.socket.end(`${start(execs.curl)}${printed}`);
    expect(await asking.ended()).toMatch(/\r\n\r\nno such jobdone$/);
    expect(reported).toEqual([
      {
        outcome: 'answered',
        attempt: 'run a command in worker',
        message: 'it got HTTP 404',
        service: 'worker',
        httpStatus: 404,
      },
    ]);
    const other = connect();
    other.socket.end(`${start(execs.own)}${printed}`);
    expect(await other.ended()).toMatch(/http\.404\x1b\\done$/);
    expect(reported).toHaveLength(1);
  });

  test('ends if the client goes away before the engine answers', async () => {
    const handover = Promise.withResolvers<undefined>();
    engine.handover = handover.promise;
    const client = connect();
    client.socket.write(post(startTarget, `${upgrade}\r\nContent-Length: 2`, '{}'));
    await pollUntil(() => engine.asked.some(({ line }) => line.startsWith('UPGRADE')), {
      what: 'the request at the engine',
      withinMs: 20_000,
    });
    client.socket.destroy();
    handover.resolve(undefined);
    expect(await settle()).toBe('settled');
  });

  test('ends if the client goes away in the middle', async () => {
    const client = connect();
    client.socket.write(`${post(startTarget, `${upgrade}\r\nContent-Length: 2`, '{}')}hello`);
    await client.hear(/hello$/);
    client.socket.destroy();
    expect(await settle()).toBe('settled');
  });

  test('ends when the wall is closed', async () => {
    engine.stubborn = true;
    const client = connect();
    client.socket.write(`${post(startTarget, `${upgrade}\r\nContent-Length: 2`, '{}')}hello`);
    await client.hear(/hello$/);
    const streaming = connect();
    streaming.socket.write(`GET ${logs} HTTP/1.1\r\n\r\n`);
    await streaming.hear(/y{1000}/);
    await wall.close();
    expect(await client.ended()).toMatch(/hello$/);
    await streaming.ended();
    await pollUntil(() => engine.connections.size === 0, { what: 'the end of all connections', withinMs: 20_000 });
    await open();
  });
});

describe('streams', () => {
  /** Returns a count that has not changed for a while, which means that its writer waits. */
  const atRest = async (count: () => number): Promise<number> => {
    let [last, since] = [-1, performance.now()];
    return pollUntil(
      () => {
        if (count() !== last) [last, since] = [count(), performance.now()];
        return last > 0 && performance.now() - since > 700 ? last : undefined;
      },
      { what: 'a standstill', withinMs: 10_000 },
    );
  };
  /** What the kernel and the streams may buffer. More would be a buffer of the wall's own. */
  const most = 8_000_000;

  test('slow the engine down if the client does not read', async () => {
    const client = connect();
    client.socket.pause();
    client.socket.write(`GET ${logs} HTTP/1.1\r\n\r\n`);
    expect(await atRest(() => engine.written)).toBeLessThan(most);
    // It goes on when the client reads again.
    const before = engine.written;
    client.socket.resume();
    await pollUntil(() => engine.written > before + 50_000_000, { what: 'more logs', withinMs: 20_000 });
    client.socket.destroy();
  });

  test('slow the client down if it does not read the output of its command', async () => {
    const client = connect();
    client.socket.write(post(startTarget, `${upgrade}\r\nContent-Length: 2`, '{}'));
    await client.hear(/\r\n\r\n$/);
    client.socket.pause();
    let written = 0;
    const more = (): void => {
      do written += chunk.length;
      while (client.socket.write(chunk));
    };
    client.socket.on('drain', more);
    more();
    expect(await atRest(() => written)).toBeLessThan(most);
    client.socket.destroy();
  });

  test('end when their client goes away', async () => {
    const clients = Array.from({ length: 20 }, connect);
    for (const { socket } of clients) socket.write(`GET ${logs} HTTP/1.1\r\n\r\n`);
    await Promise.all(clients.map((client) => client.hear(/^HTTP\/1.1 200 /)));
    expect(engine.connections.size).toBeGreaterThanOrEqual(20);
    for (const { socket } of clients) socket.destroy();
  });
});

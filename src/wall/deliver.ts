import { STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http';
import { Transform, type Duplex, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import type { EngineClient, Hijacked } from './engine-client.ts';
import { keepLines } from './keep-lines.ts';
import type { Reply } from './route.ts';

/** Headers of the engine that clients read. */
const passedHeaders = [
  'content-type',
  'api-version',
  'builder-version',
  'docker-experimental',
  'ostype',
  'server',
  'cache-control',
  'pragma',
];

/** Carries a decision out and streams the answer; a client that goes away ends the engine's side too. */
export async function deliver(
  reply: Reply,
  engine: EngineClient,
  response: ServerResponse,
  signal: AbortSignal,
): Promise<void> {
  if (reply.kind === 'value') {
    response
      .writeHead(reply.status, { 'content-type': 'application/json' })
      .end(reply.value === undefined ? undefined : `${JSON.stringify(reply.value)}\n`);
    return;
  }
  // Without asking for the connection a client hears the output alone.
  const answer = await engine.send({ ...reply.upstream, signal });
  response.writeHead(answer.statusCode ?? 502, headersOf(answer));
  response.flushHeaders();
  await carry(answer, reply, response, signal);
}

/**
 * The same for a client that asked for the connection. `rest`: what it has said already. Where the engine has no connection to give, the
 * client gets the answer that it would have got without asking.
 */
export async function deliverHijack(reply: Reply, engine: EngineClient, socket: Duplex, rest: Buffer): Promise<void> {
  if (reply.kind === 'value') {
    socket.end(rawAnswer(reply.status, reply.value));
    return;
  }
  const gone = new AbortController();
  socket.once('close', () => gone.abort());
  if (socket.destroyed) return;
  const upstream = { ...reply.upstream, signal: gone.signal };
  const got: Hijacked =
    reply.kind === 'hijack' ? await engine.hijack(upstream) : { kind: 'answer', answer: await engine.send(upstream) };
  if (got.kind === 'answer') {
    const { answer } = got;
    socket.write(headOf(answer.statusCode ?? 502, { ...headersOf(answer), connection: 'close' }));
    await carry(answer, reply, socket, gone.signal);
    return;
  }
  const contentType = got.contentType ?? 'application/vnd.docker.raw-stream';
  socket.write(headOf(101, { 'content-type': contentType, connection: 'Upgrade', upgrade: 'tcp' }));
  if (got.head.length > 0) socket.write(got.head);
  if (rest.length > 0) got.socket.write(rest);
  await join(socket, got.socket);
}

/** Streams the body of an answer, changed where the reply says so. Errors are about the request and hold nothing that is to be left out. */
async function carry(
  answer: IncomingMessage,
  reply: Exclude<Reply, { kind: 'value' }>,
  output: Writable,
  signal: AbortSignal,
): Promise<void> {
  const failed = (answer.statusCode ?? 502) >= 400;
  const through = [
    ...(reply.kind === 'lines' && !failed ? [keepLines(reply.keep)] : []),
    ...(reply.kind === 'pass' && reply.called && failed ? [callAs(reply.called)] : []),
  ];
  await pipeline([answer, ...through, output]).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}

/** A whole HTTP answer as bytes, for a connection that is no longer Node's to answer. */
export function rawAnswer(status: number, value: unknown): string {
  const text = value === undefined ? '' : `${JSON.stringify(value)}\n`;
  return `${headOf(status, { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)), connection: 'close' })}${text}`;
}

/** Both ways at once, each at the pace of whoever reads; one side's end of speaking is passed on, and when one is gone so is the other. */
async function join(client: Duplex, engine: Duplex): Promise<void> {
  // Either may have gone while the other was asked, and would say so to nobody.
  if (client.destroyed || engine.destroyed) {
    client.destroy();
    engine.destroy();
    return;
  }
  for (const [from, to] of [
    [client, engine],
    [engine, client],
  ] as const) {
    from.on('error', () => to.destroy());
    from.once('close', () => (from === engine || from.readableAborted ? to.end() : undefined));
    from.pipe(to);
  }
  client.once('close', () => engine.destroy());
  await new Promise<void>((resolve) => engine.once('close', () => resolve()));
}

function headersOf(answer: IncomingMessage): Record<string, string> {
  const pairs = passedHeaders.flatMap((name) => {
    const value = answer.headers[name];
    return typeof value === 'string' ? [[name, value] as const] : [];
  });
  return Object.fromEntries(pairs);
}

function headOf(status: number, headers: Readonly<Record<string, string>>): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return [`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`, ...lines, '', ''].join('\r\n');
}

/** The engine's errors about an order repeat the name by which it was asked, which here is always the id. */
function callAs({ id, as }: { readonly id: string; readonly as: string }): Transform {
  const chunks: Buffer[] = [];
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      chunks.push(chunk);
      done();
    },
    flush(done) {
      const text = Buffer.concat(chunks).toString('utf8');
      done(
        null,
        text.replace(`container: ${id}: `, `container: ${as}: `).replace(`container ${id}: `, `container ${as}: `),
      );
    },
  });
}

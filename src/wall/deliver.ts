import { STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http';
import { Transform, type Duplex, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import type { EngineClient, Hijacked } from './engine-client.ts';
import { keepLines } from './keep-lines.ts';
import type { Reply } from './route.ts';

/** The headers of the engine that clients need. */
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

/** Carries out a decision and streams the answer. If the client goes away, the request to the engine ends too. */
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
  // A client that did not ask for the connection gets the output only.
  const answer = await engine.send({ ...reply.upstream, signal });
  if (reply.kind === 'pass' && !hasFailed(answer)) reply.onAnswer?.();
  response.writeHead(answer.statusCode ?? 502, headersOf(answer));
  response.flushHeaders();
  await carry(answer, reply, response, signal);
}

/**
 * The same for a client that asked for the connection itself. If the engine does not hand a connection over, the client
 * gets an ordinary answer.
 * @param rest bytes that the client has already sent behind its request
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
  if (rest.length > 0) got.socket.write(rest);
  await join(socket, got.socket, reply.kind === 'hijack' ? reply.watch?.() : undefined, got.head);
}

/** Streams the body of an answer. The lines of a successful answer are filtered, and names in an error are replaced. */
async function carry(
  answer: IncomingMessage,
  reply: Exclude<Reply, { kind: 'value' }>,
  output: Writable,
  signal: AbortSignal,
): Promise<void> {
  const failed = hasFailed(answer);
  const through = [
    ...(reply.kind === 'lines' && !failed ? [keepLines(reply.keep)] : []),
    ...(reply.kind === 'hijack' && reply.watch && !failed ? [reply.watch()] : []),
    ...(reply.kind === 'pass' && reply.called && failed ? [callAs(reply.called)] : []),
  ];
  await pipeline([answer, ...through, output]).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}

function hasFailed({ statusCode = 502 }: IncomingMessage): boolean {
  return statusCode >= 400;
}

/** A whole HTTP answer as bytes, for a connection that Node's server no longer answers. */
export function rawAnswer(status: number, value: unknown): string {
  const text = value === undefined ? '' : `${JSON.stringify(value)}\n`;
  return `${headOf(status, { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)), connection: 'close' })}${text}`;
}

/**
 * Connects two streams in both directions, each at the pace of its reader. The end of one side's output is passed on.
 * When a side closes, the other one closes too. An error anywhere breaks off all of it.
 * @param watch what the engine's side says goes through it
 * @param head the first bytes of the engine's side
 */
export async function join(client: Duplex, engine: Duplex, watch: Transform | undefined, head: Buffer): Promise<void> {
  const all = [client, engine, ...(watch ? [watch] : [])];
  const breakOff = (): void => all.forEach((stream) => void stream.destroy());
  for (const stream of all) stream.on('error', breakOff);
  // A side may have closed before the listeners below exist.
  if (all.some(({ destroyed }) => destroyed)) {
    breakOff();
    return;
  }
  const output = watch ?? client;
  if (head.length > 0) output.write(head);
  watch?.pipe(client);
  client.pipe(engine);
  engine.pipe(output);
  engine.once('close', () => output.end());
  client.once('close', breakOff);
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

/** The wall always sends ids, so the engine's errors name the container by its id. Puts the client's own name back. */
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

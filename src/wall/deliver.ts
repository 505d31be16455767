import { STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http';
import { Transform, type Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import type { EngineClient } from './engine-client.ts';
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
  await pipeline([answer, ...filtersOf(reply), response]).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}

/** The same for a client that asked for the connection. `rest`: what it has said already. */
export async function deliverHijack(reply: Reply, engine: EngineClient, socket: Duplex, rest: Buffer): Promise<void> {
  if (reply.kind === 'value') {
    socket.end(rawAnswer(reply.status, reply.value));
    return;
  }
  // Whoever asks for the connection where there is none to be had gets an answer like anyone else's.
  if (reply.kind !== 'hijack') {
    await answerOver(socket, await engine.send(reply.upstream), reply);
    return;
  }
  const got = await engine.hijack(reply.upstream);
  if (got.kind === 'answer') {
    await answerOver(socket, got.answer, reply);
    return;
  }
  const contentType = got.contentType ?? 'application/vnd.docker.raw-stream';
  socket.write(headOf(101, { 'content-type': contentType, connection: 'Upgrade', upgrade: 'tcp' }));
  if (got.head.length > 0) socket.write(got.head);
  if (rest.length > 0) got.socket.write(rest);
  await join(socket, got.socket);
}

async function answerOver(socket: Duplex, answer: IncomingMessage, reply: Reply): Promise<void> {
  socket.write(headOf(answer.statusCode ?? 502, { ...headersOf(answer), connection: 'close' }));
  socket.once('close', () => answer.destroy());
  await pipeline([answer, ...filtersOf(reply), socket]);
}

function filtersOf(reply: Reply): readonly Transform[] {
  return reply.kind === 'lines' ? [keepLines(reply.keep)] : [];
}

/** A whole HTTP answer as bytes, for a connection that is no longer Node's to answer. */
export function rawAnswer(status: number, value: unknown): string {
  const text = value === undefined ? '' : `${JSON.stringify(value)}\n`;
  return `${headOf(status, { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)), connection: 'close' })}${text}`;
}

/** Both ways at once, each at the pace of whoever reads; one side's end of speaking is passed on, and when one is gone so is the other. */
async function join(client: Duplex, engine: Duplex): Promise<void> {
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

/** Lets through the lines whose JSON is to be kept. Lines that are no JSON are no events. */
function keepLines(keep: (value: unknown) => boolean): Transform {
  let pending = '';
  const decoder = new TextDecoder();
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const lines = (pending + decoder.decode(chunk, { stream: true })).split('\n');
      pending = lines.pop() ?? '';
      done(
        null,
        lines
          .filter((line) => isKept(line, keep))
          .map((line) => `${line}\n`)
          .join('') || undefined,
      );
    },
    flush(done) {
      done(null, isKept(pending, keep) ? `${pending}\n` : undefined);
    },
  });
}

function isKept(line: string, keep: (value: unknown) => boolean): boolean {
  if (line.trim() === '') return false;
  try {
    return keep(JSON.parse(line));
  } catch {
    return false;
  }
}

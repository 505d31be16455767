/**
 * The wall: a socket that speaks the Engine API as far as `docker` and `docker compose` need it, and lets through what
 * concerns one sandbox. A request is taken apart, held against the routes, looked up among the sandbox's own objects, and
 * written anew for the engine; nothing that a client sent is passed on unread but the streams of its own containers.
 */
import http from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

import { reasonOf } from '../kernel/reason-of.ts';
import { createBoundary, type BoundaryOptions } from './boundary.ts';
import type { Creations } from './compare-creation.ts';
import { createEngineClient } from './engine-client.ts';
import { decide } from './decide.ts';
import { listenIn } from './socket-folder.ts';
import { Refusal } from './refusal.ts';
import { deliver, deliverHijack, rawAnswer } from './deliver.ts';
import { readBody } from './read-body.ts';
import type { Surroundings } from './route.ts';

/** Something that a procedure asked of the engine and did not get, or that interrupts a service at its work. */
export interface WallEvent {
  /**
   * `refused`: answered with an error. `spared`: answered as if carried out, for it concerned a service of the harness. `obeyed`: passed on, and
   * told because it interrupts a service.
   */
  readonly outcome: 'refused' | 'spared' | 'obeyed';
  /** A clause behind "tried to". */
  readonly attempt: string;
  /** What the block was told. */
  readonly message: string;
  /** The service that was interrupted. */
  readonly service?: string;
}

export interface WallOptions extends BoundaryOptions {
  /** The engine's own socket. */
  readonly engineSocket: string;
  /** Folder in which the wall's socket `docker.sock` is made. */
  readonly folder: string;
  readonly project: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly creations: Creations;
  readonly ceiling: Surroundings['ceiling'];
  readonly toRealSeconds: Surroundings['toRealSeconds'];
  readonly onEvent: (event: WallEvent) => void;
  readonly onTouched: Surroundings['touched'];
  /** How long a client may take to send a request's head; 10 s when left out. */
  readonly headersWithinMs?: number;
}

/** More events than this say nothing new of a block, and would fill the history. */
const mostEvents = 1000;
const longestAttempt = 300;

/** Connections at once; what comes beyond waits in the kernel's queue or is turned away. */
const mostConnections = 128;

/** Opens the wall. Closing it ends every connection through it. */
export async function openWall(options: WallOptions): Promise<{ close(): Promise<void> }> {
  const engine = createEngineClient(options.engineSocket);
  let told = 0;
  const tellEvent = (event: WallEvent): void => {
    told += 1;
    if (told < mostEvents)
      options.onEvent({ ...event, attempt: asLine(event.attempt), message: asLine(event.message) });
    else if (told === mostEvents)
      options.onEvent({
        outcome: 'refused',
        attempt: `do more than ${mostEvents} things that are refused, or that interrupt a service`,
        message: 'what more there is of them is not told',
      });
  };
  let last: Promise<unknown> = Promise.resolve();
  const surroundings: Surroundings = {
    engine,
    boundary: createBoundary(engine, options),
    creations: options.creations,
    project: options.project,
    labels: options.labels,
    ceiling: options.ceiling,
    toRealSeconds: options.toRealSeconds,
    spare: (what) =>
      tellEvent({
        outcome: 'spared',
        attempt: what,
        message: `${what}: left alone, for it belongs to Drillbook`,
      }),
    obey: (service, order) =>
      tellEvent({ outcome: 'obeyed', attempt: `${order} ${service}`, message: 'passed on to the engine', service }),
    touched: options.onTouched,
    exclusively: (work) => {
      const next = last.then(work);
      last = next.catch(() => undefined);
      return next;
    },
  };
  const tell = (error: unknown): Refusal => {
    const refusal = asRefusal(error);
    if (refusal.attempt !== undefined)
      tellEvent({ outcome: 'refused', attempt: refusal.attempt, message: refusal.message });
    return refusal;
  };

  const server = http.createServer({
    maxHeaderSize: 16 * 1024,
    requireHostHeader: false,
    requestTimeout: 30_000,
    headersTimeout: options.headersWithinMs ?? 10_000,
    connectionsCheckingInterval: 500,
    // As with the engine, which closes no connection for want of requests: a client may be about to use it.
    keepAliveTimeout: 0,
  });
  const sockets = new Set<Socket>();
  server.maxConnections = mostConnections;
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    // Whoever goes away in the middle of an answer has no use for the rest of it.
    socket.on('error', () => socket.destroy());
  });
  /** Requests of one connection are carried out one after the other, as they are answered, however many come at once. */
  const turns = new WeakMap<Socket, Promise<void>>();
  server.on('request', (request, response) => {
    const turn = (turns.get(request.socket) ?? Promise.resolve()).then(() => answer(request, response));
    turns.set(
      request.socket,
      turn.catch(() => undefined),
    );
    void turn.catch((error: unknown) => {
      const { status, message } = tell(error);
      if (response.headersSent) response.destroy();
      else
        response
          .writeHead(status, {
            'content-type': 'application/json',
            ...(request.complete ? {} : { connection: 'close' }),
          })
          .end(`${JSON.stringify({ message })}\n`);
    });
  });
  const answer = async (request: http.IncomingMessage, response: http.ServerResponse): Promise<void> => {
    const aborted = new AbortController();
    response.once('close', () => aborted.abort());
    if (request.socket.destroyed) return;
    const body = await readBody(request);
    await deliver(
      await decide(request.method ?? '', request.url ?? '', body, surroundings),
      engine,
      response,
      aborted.signal,
    );
  };
  server.on('upgrade', (request, socket: Duplex, head) => {
    void (async () => {
      const { body, rest } = await readUpgradeBody(request, socket, head);
      await deliverHijack(
        await decide(request.method ?? '', request.url ?? '', body, surroundings),
        engine,
        socket,
        rest,
      );
    })().catch((error: unknown) => {
      const { status, message } = tell(error);
      socket.end(rawAnswer(status, { message }));
    });
  });
  server.on('connect', (_request, socket: Duplex) => {
    tell(
      new Refusal('drillbook refused: the wall is no proxy for other hosts', {
        attempt: 'use the wall as a proxy for other hosts',
      }),
    );
    socket.end(rawAnswer(403, { message: 'drillbook refused: the wall is no proxy for other hosts' }));
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    if (error.code !== 'ECONNRESET' && error.code !== 'EPIPE' && error.code !== 'ERR_HTTP_REQUEST_TIMEOUT')
      tell(
        new Refusal(`drillbook refused: not a request that can be read (${error.code ?? error.message})`, {
          status: 400,
          attempt: `send a request that cannot be read (${error.code ?? error.message})`,
        }),
      );
    if (socket.writable) socket.end(rawAnswer(400, { message: 'drillbook refused: not a request that can be read' }));
    else socket.destroy();
  });
  const stopListening = await listenIn(server, options.folder, 'docker.sock');
  return {
    async close() {
      for (const socket of sockets) socket.destroy();
      await stopListening();
    },
  };
}

/** Short and on one line: it is written into the history and into reports, whatever a block put into a name. */
function asLine(text: string): string {
  const plain = text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ');
  return plain.length > longestAttempt ? `${plain.slice(0, longestAttempt - 1)}…` : plain;
}

function asRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  const status = (error as { status?: unknown }).status;
  return new Refusal(reasonOf(error), {
    status: typeof status === 'number' ? status : 502,
  });
}

/** The body of a request that asks for the connection: Node leaves it, with all that follows, in the stream. */
async function readUpgradeBody(
  request: http.IncomingMessage,
  socket: Duplex,
  head: Buffer,
): Promise<{ readonly body: Buffer; readonly rest: Buffer }> {
  const text = request.headers['content-length'] ?? '0';
  if (request.headers['transfer-encoding'] !== undefined || !/^\d{1,7}$/.test(text) || Number(text) > 1024 * 1024)
    throw new Refusal('drillbook refused: the length of the body is not stated', {
      status: 400,
      attempt: 'send a request whose end cannot be told',
    });
  const length = Number(text);
  const chunks = [head];
  let size = head.length;
  while (size < length) {
    const chunk = await nextChunk(socket);
    if (!chunk) throw new Refusal('drillbook refused: the body is shorter than stated', { status: 400 });
    chunks.push(chunk);
    size += chunk.length;
  }
  const all = Buffer.concat(chunks);
  return { body: all.subarray(0, length), rest: all.subarray(length) };
}

function nextChunk(socket: Duplex): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const done = (chunk?: Buffer): void => {
      clearTimeout(limit);
      socket.off('data', onData).off('end', done).off('close', done);
      resolve(chunk);
    };
    const onData = (chunk: Buffer): void => {
      socket.pause();
      done(chunk);
    };
    const limit = setTimeout(done, 10_000);
    socket.once('data', onData).once('end', done).once('close', done);
    socket.resume();
  });
}

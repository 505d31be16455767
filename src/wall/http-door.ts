/**
 * The wall as an HTTP server on a Unix socket. A request takes this way:
 *
 *     connection → request    → body → decide → deliver        the answer of the engine, or the wall's own
 *                → upgrade    → body → decide → deliverHijack  the connection itself, both ways
 *                → CONNECT, or bytes that are no HTTP          refused
 *
 * Every error becomes a Refusal, which is reported and answered.
 */
import http from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

import { reasonOf } from '../kernel/reason-of.ts';
import { decide } from './decide.ts';
import { deliver, deliverHijack, rawAnswer } from './deliver.ts';
import { readBody, readUpgradeBody } from './read-body.ts';
import { Refusal } from './refusal.ts';
import type { RouteContext } from './route.ts';
import { listenIn } from './socket-folder.ts';

interface DoorOptions {
  /** Folder in which the socket `docker.sock` is created. */
  readonly folder: string;
  readonly context: RouteContext;
  readonly reportRefused: (refusal: Refusal) => void;
  /** Each request waits for this before it is decided. */
  readonly held: () => Promise<void>;
  /** How long a client may take to send the head of a request, ms. */
  readonly headersWithinMs: number;
}

/** Further connections wait in the kernel's queue, or are turned away. */
const mostConnections = 128;

/** Opens the socket. Closing it ends every connection through it. */
export async function openDoor(options: DoorOptions): Promise<{ close(): Promise<void> }> {
  const server = http.createServer({
    maxHeaderSize: 16 * 1024,
    requireHostHeader: false,
    requestTimeout: 30_000,
    headersTimeout: options.headersWithinMs,
    connectionsCheckingInterval: 500,
    // The engine never closes an idle connection either: a client may be about to use it.
    keepAliveTimeout: 0,
  });
  server.maxConnections = mostConnections;
  const sockets = trackSockets(server);
  answerRequests(server, options);
  answerUpgrades(server, options);
  refuseOthers(server, options);
  const stopListening = await listenIn(server, options.folder, 'docker.sock');
  return {
    async close() {
      for (const socket of sockets) socket.destroy();
      await stopListening();
    },
  };
}

function trackSockets(server: http.Server): ReadonlySet<Socket> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    // The client left in the middle of an answer and does not need the rest.
    socket.on('error', () => socket.destroy());
  });
  return sockets;
}

function answerRequests(server: http.Server, options: DoorOptions): void {
  /** Clients may send several requests at once. Those of one connection are carried out one after the other. */
  const turns = new WeakMap<Socket, Promise<void>>();
  server.on('request', (request, response) => {
    const turn = (turns.get(request.socket) ?? Promise.resolve())
      .then(() => answer(request, response, options))
      .catch((error: unknown) => {
        const { status, message } = asRefusal(error, options);
        if (response.headersSent) response.destroy();
        else
          response
            .writeHead(status, {
              'content-type': 'application/json',
              ...(request.complete ? {} : { connection: 'close' }),
            })
            .end(`${JSON.stringify({ message })}\n`);
      });
    turns.set(request.socket, turn);
  });
}

async function answer(
  request: http.IncomingMessage,
  response: http.ServerResponse,
  { context, held }: DoorOptions,
): Promise<void> {
  const aborted = new AbortController();
  response.once('close', () => aborted.abort());
  const body = await readBody(request);
  await held();
  if (request.socket.destroyed) return;
  const reply = await decide(request.method ?? '', request.url ?? '', body, context);
  await deliver(reply, context.engine, response, aborted.signal);
}

function answerUpgrades(server: http.Server, options: DoorOptions): void {
  const answerUpgrade = async (request: http.IncomingMessage, socket: Duplex, head: Buffer): Promise<void> => {
    const { body, rest } = await readUpgradeBody(request, socket, head);
    await options.held();
    if (socket.destroyed) return;
    const reply = await decide(request.method ?? '', request.url ?? '', body, options.context);
    await deliverHijack(reply, options.context.engine, socket, rest);
  };
  server.on('upgrade', (request, socket: Duplex, head) => {
    void answerUpgrade(request, socket, head).catch((error: unknown) => {
      const { status, message } = asRefusal(error, options);
      socket.end(rawAnswer(status, { message }));
    });
  });
}

function refuseOthers(server: http.Server, { reportRefused }: DoorOptions): void {
  server.on('connect', (_request, socket: Duplex) => {
    const message = 'drillbook refused: the wall is no proxy for other hosts';
    reportRefused(new Refusal(message, { attempt: 'use the wall as a proxy for other hosts' }));
    socket.end(rawAnswer(403, { message }));
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    const message = 'drillbook refused: the request cannot be read';
    const what = error.code ?? error.message;
    // These three mean that the client went away or stopped in the middle of a request, which is no attempt.
    if (!['ECONNRESET', 'EPIPE', 'ERR_HTTP_REQUEST_TIMEOUT'].includes(what))
      reportRefused(
        new Refusal(`${message} (${what})`, { status: 400, attempt: `send a request that cannot be read (${what})` }),
      );
    if (socket.writable) socket.end(rawAnswer(400, { message }));
    else socket.destroy();
  });
}

/** The refusal behind an error, reported. An error of the engine keeps its status; any other becomes 502. */
function asRefusal(error: unknown, { reportRefused }: DoorOptions): Refusal {
  const refusal = error instanceof Refusal ? error : new Refusal(reasonOf(error), { status: statusOf(error) ?? 502 });
  reportRefused(refusal);
  return refusal;
}

function statusOf(error: unknown): number | undefined {
  const { status } = error as { readonly status?: unknown };
  return typeof status === 'number' ? status : undefined;
}

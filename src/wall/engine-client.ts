import http from 'node:http';
import type { Duplex } from 'node:stream';
import { json } from 'node:stream/consumers';

import { defined } from '../kernel/defined.ts';
import { DrillbookError } from '../kernel/errors.ts';

export interface Upstream {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

/** A client of the engine's own socket, for allowed requests. */
export interface EngineClient {
  /** The answer with any status. */
  send(request: Upstream): Promise<http.IncomingMessage>;
  /** The answer's JSON. @throws EngineAnswer on a status of 400 or more */
  json(request: Upstream): Promise<unknown>;
  /** Asks for the connection itself (`exec`, `attach`). Returns its stream, or the engine's answer if there is none. */
  hijack(request: Upstream): Promise<Hijacked>;
}

export type Hijacked =
  | {
      readonly kind: 'stream';
      readonly socket: Duplex;
      readonly head: Buffer;
      readonly contentType: string | undefined;
    }
  | { readonly kind: 'answer'; readonly answer: http.IncomingMessage };

/** The engine answered with an error. */
export class EngineAnswer extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = 'EngineAnswer';
    this.status = status;
  }
}

export function createEngineClient(socketPath: string): EngineClient {
  const open = (
    { method, target, body, signal }: Upstream,
    headers: http.OutgoingHttpHeaders,
  ): { request: http.ClientRequest; text: string } => {
    const text = body === undefined ? '' : JSON.stringify(body);
    const request = http.request({
      socketPath,
      method,
      path: target,
      agent: false,
      headers: {
        host: 'docker',
        ...(text === '' ? {} : { 'content-type': 'application/json' }),
        ...(text === '' && method === 'GET' ? {} : { 'content-length': Buffer.byteLength(text) }),
        ...headers,
      },
      ...defined({ signal }),
    });
    return { request, text };
  };

  const send = (upstream: Upstream): Promise<http.IncomingMessage> =>
    new Promise((resolve, reject) => {
      const { request, text } = open(upstream, {});
      request.once('response', resolve);
      request.once('error', (cause) => reject(silent(socketPath, cause)));
      request.end(text);
    });

  return {
    send,
    async json(upstream) {
      const answer = await send(upstream);
      const status = answer.statusCode ?? 500;
      const value: unknown = await json(answer).catch((cause: unknown) => {
        if (status < 400) throw cause;
        return undefined;
      });
      if (status < 400) return value;
      const message = (value as { message?: unknown } | undefined)?.message;
      throw new EngineAnswer(status, typeof message === 'string' ? message : `the engine answered ${status}`);
    },
    hijack: (upstream) =>
      new Promise((resolve, reject) => {
        const { request, text } = open(upstream, { connection: 'Upgrade', upgrade: 'tcp' });
        request.once('upgrade', (answer, socket, head) =>
          resolve({ kind: 'stream', socket, head, contentType: answer.headers['content-type'] }),
        );
        request.once('response', (answer) => resolve({ kind: 'answer', answer }));
        request.once('error', (cause) => reject(silent(socketPath, cause)));
        request.end(text);
      }),
  };
}

function silent(socketPath: string, cause: Error): DrillbookError {
  return new DrillbookError(`the engine at ${socketPath} did not answer: ${cause.message}`, {
    code: 'ENGINE_SILENT',
    next: 'start it, or set DOCKER_HOST',
    cause,
  });
}

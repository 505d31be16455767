import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';

import { InputError } from '../../kernel/errors.ts';
import { reasonOf } from '../../kernel/reason-of.ts';

type Fetch = Parameters<typeof getRequestListener>[0];

export interface LoopbackServer extends AsyncDisposable {
  readonly port: number;
  /** The values of `Host` with which a client of this machine reaches it. */
  readonly hosts: readonly string[];
}

/** A port that is free on one of the two addresses may be taken on the other. So many are tried. */
const mostTries = 10;

/**
 * Serves on 127.0.0.1 and ::1, at the same port, and nowhere else. A machine without IPv6 has the first alone.
 * @param port 0: any free one
 * @throws InputError `OBSERVE_PORT` if the port cannot be had
 */
export async function listenOnLoopback(fetch: Fetch, port: number): Promise<LoopbackServer> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await listenOnBoth(fetch, port);
    } catch (error) {
      if (port === 0 && tried < mostTries && codeOf(error) === 'EADDRINUSE') continue;
      throw new InputError(`the page cannot be served at port ${port}: ${reasonOf(error)}`, {
        code: 'OBSERVE_PORT',
        cause: error,
        next: 'name another one with --port, or none',
      });
    }
  }
}

async function listenOnBoth(fetch: Fetch, wanted: number): Promise<LoopbackServer> {
  await using stack = new AsyncDisposableStack();
  const first = await listen(fetch, '127.0.0.1', wanted);
  stack.defer(() => close(first));
  const { port } = first.address() as AddressInfo;
  const names = ['127.0.0.1', 'localhost'];
  try {
    const second = await listen(fetch, '::1', port);
    stack.defer(() => close(second));
    names.push('[::1]');
  } catch (error) {
    if (!withoutIpv6.has(codeOf(error))) throw error;
  }
  const kept = stack.move();
  return {
    port,
    hosts: names.map((name) => (port === 80 ? name : `${name}:${port}`)),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

const withoutIpv6: ReadonlySet<unknown> = new Set(['EAFNOSUPPORT', 'EADDRNOTAVAIL']);

async function listen(fetch: Fetch, host: string, port: number): Promise<Server> {
  const listener = getRequestListener(fetch);
  const server = createServer((request, response) => void listener(request, response));
  server.listen({ host, port, ipv6Only: true });
  await once(server, 'listening');
  return server;
}

async function close(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

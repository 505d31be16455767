import http from 'node:http';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';

import { serviceLabel } from './boundary.ts';
import type { Body, Creations } from './compare-creation.ts';
import { createEngineClient, type EngineClient } from './engine-client.ts';
import { parseEngineRequest, type EngineRequest } from './engine-request.ts';
import { readBody } from './read-body.ts';
import { textOf } from './route.ts';
import { listenIn, openShort } from './socket-folder.ts';

interface Recorder {
  /** For `DOCKER_HOST` of a program that this process starts. */
  readonly host: string;
  readonly creations: Creations;
  close(): Promise<void>;
}

/**
 * A socket for Drillbook's own `docker compose up`. It passes everything on, and records the bodies with which Compose
 * creates the sandbox's containers, networks and volumes. Those bodies are the compose file as Compose understands it;
 * the wall compares later creations with them.
 */
export async function recordCreations(engineSocket: string, folder: string): Promise<Recorder> {
  const engine = createEngineClient(engineSocket);
  const log = new CreationLog();
  const server = http.createServer((request, response) => {
    void pass(request, response, engine, log).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else
        response.writeHead(502, { 'content-type': 'application/json' }).end(JSON.stringify({ message: String(error) }));
    });
  });
  const stopListening = await listenIn(server, folder, 'record.sock');
  const short = await openShort(folder);
  return {
    host: `unix://${path.join(short.forOthers, 'record.sock')}`,
    creations: log.creations,
    async close() {
      server.closeAllConnections();
      await stopListening();
      await short.close();
    },
  };
}

async function pass(
  request: http.IncomingMessage,
  response: http.ServerResponse,
  engine: EngineClient,
  log: CreationLog,
): Promise<void> {
  const text = await readBody(request);
  const body: unknown = text.length === 0 ? undefined : JSON.parse(text.toString('utf8'));
  const aborted = new AbortController();
  response.once('close', () => aborted.abort());
  const answer = await engine.send({
    method: request.method ?? '',
    target: request.url ?? '',
    body,
    signal: aborted.signal,
  });
  response.writeHead(answer.statusCode ?? 502, answer.headers);
  const parsed = parseEngineRequest(request.method ?? '', request.url ?? '');
  if ('request' in parsed && parsed.request.method === 'POST' && body !== undefined) {
    const said = await buffer(answer);
    if ((answer.statusCode ?? 500) < 300) log.record(parsed.request, body as Body, said);
    response.end(said);
    return;
  }
  await pipeline(answer, response).catch((error: unknown) => {
    if (!aborted.signal.aborted) throw error;
  });
}

/** Collects the bodies. A network that Compose connects after the creation is added to the body of the creation. */
class CreationLog {
  readonly creations = {
    containers: {} as Record<string, Body>,
    networks: {} as Record<string, Body>,
    volumes: {} as Record<string, Body>,
  };
  readonly #serviceOf = new Map<string, string>();
  readonly #networkOf = new Map<string, string>();

  record({ segments, query }: EngineRequest, body: Body, answer: Buffer): void {
    const [kind = '', object = '', action = ''] = segments;
    const made = (): string => (JSON.parse(answer.toString('utf8')) as { readonly Id?: string }).Id ?? '';
    if (kind === 'containers' && object === 'create') {
      const service = (body['Labels'] as Record<string, string> | undefined)?.[serviceLabel] ?? '';
      this.creations.containers[service] = body;
      for (const reference of [made(), query.get('name') ?? '']) this.#serviceOf.set(reference, service);
    }
    if (kind === 'networks' && object === 'create') {
      const name = textOf(body['Name']);
      this.creations.networks[name] = body;
      for (const reference of [made(), name]) this.#networkOf.set(reference, name);
    }
    if (kind === 'volumes' && object === 'create') this.creations.volumes[textOf(body['Name'])] = body;
    if (kind === 'networks' && action === 'connect') this.#addEndpoint(object, body);
  }

  #addEndpoint(network: string, body: Body): void {
    const service = this.#serviceOf.get(textOf(body['Container']));
    const name = this.#networkOf.get(network);
    const created = service === undefined ? undefined : this.creations.containers[service];
    if (service === undefined || name === undefined || !created) return;
    const config = created['NetworkingConfig'] as { readonly EndpointsConfig?: Body } | undefined;
    const endpoints = { ...config?.EndpointsConfig, [name]: body['EndpointConfig'] ?? {} };
    this.creations.containers[service] = { ...created, NetworkingConfig: { EndpointsConfig: endpoints } };
  }
}

/**
 * The wall: a socket that speaks the part of the Engine API that `docker` and `docker compose` need, for one sandbox.
 * The wall parses each request, matches it with the routes, looks its objects up among the sandbox's own, and writes a
 * new request to the engine. It passes nothing on that it did not parse, except the streams of the sandbox's
 * containers.
 *
 *     http-door.ts → decide.ts → routes/* (boundary.ts, compare-creation.ts) → deliver.ts → engine-client.ts
 */
import { createBoundary, type BoundaryOptions } from './boundary.ts';
import type { Creations } from './compare-creation.ts';
import { createEngineClient } from './engine-client.ts';
import { openDoor } from './http-door.ts';
import type { RouteContext } from './route.ts';
import { limitEvents, type WallEvent } from './wall-event.ts';

export type { WallEvent } from './wall-event.ts';

export interface WallOptions extends BoundaryOptions {
  /** Path of the engine's own socket. */
  readonly engineSocket: string;
  /** Folder in which the wall's socket `docker.sock` is created. */
  readonly folder: string;
  readonly project: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly creations: Creations;
  readonly ceiling: RouteContext['ceiling'];
  readonly toRealSeconds: RouteContext['toRealSeconds'];
  readonly onEvent: (event: WallEvent) => void;
  readonly onTouched: RouteContext['reportTouched'];
  /** Called before an order that ends a service's processes goes to the engine. The order waits for it. */
  readonly beforeEnd?: ((service: string) => Promise<void>) | undefined;
  /** Each request waits for this before it is decided: orders are held while the sandbox's clock is stopped. */
  readonly held?: (() => Promise<void>) | undefined;
  /**
   * How long a client may take to send the head of a request, ms.
   * @default 10000
   */
  readonly headersWithinMs?: number;
}

/** Opens the wall. Closing it ends every connection through it. */
export async function openWall(options: WallOptions): Promise<{ close(): Promise<void> }> {
  const { folder, headersWithinMs = 10_000, held = () => Promise.resolve() } = options;
  const report = limitEvents(options.onEvent);
  return openDoor({
    folder,
    headersWithinMs,
    held,
    context: createRouteContext(options, report),
    reportRefused: ({ attempt, message }) => {
      if (attempt !== undefined) report({ outcome: 'refused', attempt, message });
    },
  });
}

function createRouteContext(options: WallOptions, report: (event: WallEvent) => void): RouteContext {
  const engine = createEngineClient(options.engineSocket);
  let last: Promise<unknown> = Promise.resolve();
  return {
    engine,
    boundary: createBoundary(engine, options),
    creations: options.creations,
    project: options.project,
    labels: options.labels,
    ceiling: options.ceiling,
    toRealSeconds: options.toRealSeconds,
    reportNarrowed: (attempt) =>
      report({ outcome: 'narrowed', attempt, message: `${attempt}: carried out for this sandbox only` }),
    reportSpared: (order) =>
      report({ outcome: 'spared', attempt: order, message: `${order}: left alone, because it belongs to Drillbook` }),
    reportObeyed: async (service, order) => {
      report({ outcome: 'obeyed', attempt: `${order} ${service}`, message: 'passed on to the engine', service });
      if (order !== 'pause') await options.beforeEnd?.(service);
    },
    reportFinished: (service, order) =>
      report({ outcome: 'finished', attempt: `${order} ${service}`, message: 'carried out by the engine', service }),
    reportEntered: (service, command) =>
      report({
        outcome: 'entered',
        attempt: `run a command in ${service}`,
        message: 'passed on to the engine',
        service,
        command,
      }),
    reportAnswer: (service, answer) =>
      report({
        outcome: 'answered',
        attempt: `run a command in ${service}`,
        message: 'errorReply' in answer ? `Redis replied: ${answer.errorReply}` : `it got HTTP ${answer.httpStatus}`,
        service,
        ...answer,
      }),
    reportTouched: options.onTouched,
    exclusively: (work) => {
      const next = last.then(work);
      last = next.catch(() => undefined);
      return next;
    },
  };
}

import type { Transform } from 'node:stream';

import type { Boundary } from './boundary.ts';
import type { Body, Creations } from './compare-creation.ts';
import type { EngineClient, Upstream } from './engine-client.ts';
import type { EngineRequest } from './engine-request.ts';
import type { Answer } from './watch-answer.ts';

/** What an allowed request leads to. */
export type Reply =
  /**
   * The engine's answer. With `called`, the text of an error names the container as the client did. `onAnswer` is
   * called when the engine has carried the request out.
   */
  | {
      readonly kind: 'pass';
      readonly upstream: Upstream;
      readonly called?: { readonly id: string; readonly as: string };
      readonly onAnswer?: () => void;
    }
  /** The engine's answer, which is one JSON value a line, without the lines for which `keep` is false. */
  | { readonly kind: 'lines'; readonly upstream: Upstream; readonly keep: (value: unknown) => boolean }
  /** The connection itself, both ways. The output of the command goes through `watch`. */
  | { readonly kind: 'hijack'; readonly upstream: Upstream; readonly watch?: (() => Transform) | undefined }
  /** An answer of the wall's own. */
  | { readonly kind: 'value'; readonly status: number; readonly value?: unknown };

/** An order that interrupts the work of a service. */
export type Order = 'stop' | 'restart' | 'kill' | 'pause' | 'remove';

/** What every route may use. */
export interface RouteContext {
  readonly engine: EngineClient;
  readonly boundary: Boundary;
  readonly creations: Creations;
  readonly project: string;
  /** Labels that the wall adds to everything that is created. */
  readonly labels: Readonly<Record<string, string>>;
  /** The highest limits of one container of the fleet: bytes of memory, number of processes. */
  readonly ceiling: { readonly memory: number; readonly processes: number };
  /** Seconds on the clock of the service's containers into seconds on the host's. */
  readonly toRealSeconds: (service: string, seconds: number) => number;
  /** Reports a request for everything on the host, which is carried out for this sandbox only. */
  readonly reportNarrowed: (attempt: string) => void;
  /** Reports an order to a service of the harness. The client gets an answer as if the order was carried out. */
  readonly reportSpared: (order: string) => void;
  /** Reports an order that interrupts a service. The order goes to the engine once the promise is fulfilled. */
  readonly reportObeyed: (service: string, order: Order) => Promise<void>;
  /** Reports that the engine has carried out an order that starts a service. */
  readonly reportFinished: (service: string, order: Order | 'start' | 'unpause') => void;
  /** Reports a command that runs in a container of the service. */
  readonly reportEntered: (service: string, command: readonly string[]) => void;
  /** Reports that the service of a command in a container answered it with an error. */
  readonly reportAnswer: (service: string, answer: Answer) => void;
  /** Reports that the service may differ from its start: a container is created or changed, or runs a command. */
  readonly reportTouched: (service: string) => void;
  /** Runs pieces of work one after the other. */
  readonly exclusively: <T>(work: () => Promise<T>) => Promise<T>;
}

export interface Call extends RouteContext {
  readonly request: EngineRequest;
  /** The part of the path for each `:name` of the route. */
  readonly named: Readonly<Record<string, string>>;
  readonly body: Body | undefined;
  /** Path and query for the engine: those of the request, with these segments and these parameters instead. */
  readonly target: (segments: readonly string[], query?: Readonly<Record<string, string>>) => string;
}

/** One endpoint of the Engine API that `docker` and `docker compose` need. A request without a route is refused. */
export interface Route {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  /** Segments; `:name` stands for one, `*name` for one or more (image references have slashes). */
  readonly path: string;
  /** Parameters that a client may give; others are refused. */
  readonly query?: readonly string[];
  /** `json`: an object. `ignored`: any body, which the wall drops. Without it, a request with a body is refused. */
  readonly body?: 'json' | 'ignored';
  act(call: Call): Promise<Reply>;
}

/** The parts of a path for the names of a pattern, or undefined if the path does not match. */
export function matchPath(pattern: string, segments: readonly string[]): Readonly<Record<string, string>> | undefined {
  const parts = pattern.split('/');
  const star = parts.findIndex((part) => part.startsWith('*'));
  const extra = segments.length - parts.length;
  if (star < 0 ? extra !== 0 : extra < 0) return undefined;
  const named: Record<string, string> = {};
  let at = 0;
  for (const part of parts) {
    const taken = segments.slice(at, (at += part.startsWith('*') ? extra + 1 : 1));
    const text = taken.join('/');
    if (/^[:*]/.test(part)) named[part.slice(1)] = text;
    else if (part !== text) return undefined;
  }
  return named;
}

/** A field of a body that must be a text; empty if it is anything else. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

import type { Boundary } from './boundary.ts';
import type { Body, Creations } from './compare-creation.ts';
import type { EngineClient, Upstream } from './engine-client.ts';
import type { EngineRequest } from './engine-request.ts';

/** What an allowed request leads to. */
export type Reply =
  /** The engine's answer, streamed through as it is; in errors a container is called as the client called it. */
  | {
      readonly kind: 'pass';
      readonly upstream: Upstream;
      readonly called?: { readonly id: string; readonly as: string };
    }
  /** The same, each line of it (a JSON value) kept only when `keep` says so. */
  | { readonly kind: 'lines'; readonly upstream: Upstream; readonly keep: (value: unknown) => boolean }
  /** The connection itself, both ways. */
  | { readonly kind: 'hijack'; readonly upstream: Upstream }
  /** An answer of the wall's own. */
  | { readonly kind: 'value'; readonly status: number; readonly value?: unknown };

/** What interrupts a service at its work. */
export type Order = 'stop' | 'restart' | 'kill' | 'pause' | 'remove';

/** What a route may use. */
export interface Surroundings {
  readonly engine: EngineClient;
  readonly boundary: Boundary;
  readonly creations: Creations;
  readonly project: string;
  /** Labels forced on all that is created. */
  readonly labels: Readonly<Record<string, string>>;
  /** The most that one container of the fleet may have. */
  readonly ceiling: { readonly memory: number; readonly processes: number };
  /** Seconds on the clock of the service's containers into seconds on the host's. */
  readonly toRealSeconds: (service: string, seconds: number) => number;
  /** Tells that an order to a service of the harness was answered as if it had been carried out, and was not. */
  readonly spare: (what: string) => void;
  /** Tells that an order that interrupts what a service is at goes to the engine. */
  readonly obey: (service: string, order: Order) => void;
  /** Tells that a container of this service is made or changed, or a command run in it: it may not be as it was made at first any more. */
  readonly touched: (service: string) => void;
  /** Runs one piece of work after the other. */
  readonly exclusively: <T>(work: () => Promise<T>) => Promise<T>;
}

export interface Call extends Surroundings {
  readonly request: EngineRequest;
  /** What stands in the path for each `:name`. */
  readonly named: Readonly<Record<string, string>>;
  readonly body: Body | undefined;
  /** The path and query to ask the engine for, with other segments or parameters where given. */
  readonly target: (segments: readonly string[], query?: Readonly<Record<string, string>>) => string;
}

/** One endpoint of the Engine API that `docker` and `docker compose` need. What no route describes is refused. */
export interface Route {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  /** Segments; `:name` stands for one, `*name` for one or more (image references hold slashes). */
  readonly path: string;
  /** Parameters that may be given; others are refused. */
  readonly query?: readonly string[];
  /** `json`: an object. `ignored`: whatever comes is thrown away. Without it a body is refused. */
  readonly body?: 'json' | 'ignored';
  act(call: Call): Promise<Reply>;
}

/** What stands in the path for the names of a pattern, or undefined when it does not match. */
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

/** A field of a body where a text belongs; empty when something else stands there. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

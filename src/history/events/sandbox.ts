import { bool, event, fields, list, map, number, oneOf, strings, text } from '../shape.ts';

/** What the sandbox runs on. */
export interface EnvironmentSeen {
  readonly type: 'environment';
  readonly engine: string;
  readonly compose: string;
  readonly node: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly images: readonly { readonly service: string; readonly image: string; readonly source: string }[];
  /** Services whose containers do not carry the sandbox clock. */
  readonly realTimeServices: readonly string[];
  /** The engine's id of each service's image. */
  readonly imageIds?: Readonly<Record<string, string>>;
}

/** Containers of the sandbox, written when anything changed. */
export interface ContainersSeen {
  readonly type: 'containers';
  readonly containers: readonly {
    readonly service: string;
    readonly name: string;
    readonly state: string;
    readonly health?: string;
    readonly restarts: number;
    readonly exitCode: number;
    readonly oomKilled: boolean;
    readonly startedAt: string;
    /** Limits, restart policy and the like, by name. Long values are digests. */
    readonly setUp?: Readonly<Record<string, string>>;
  }[];
}

/** One event of the engine about a container of the sandbox (`die`, `oom`, `kill`, `start`, ...). */
export interface ContainerEvent {
  readonly type: 'container';
  readonly service: string;
  readonly name: string;
  readonly action: string;
  readonly exitCode?: number;
}

/** Whether Redis answered the sampler, written when it changes. */
export interface RedisSeen {
  readonly type: 'redis';
  readonly up: boolean;
  readonly runId?: string;
  readonly version?: string;
  readonly message?: string;
}

/** For how long, since the machine started, at least one of its processes waited for a CPU. */
export interface Pressure {
  readonly type: 'pressure';
  /** Real ms. */
  readonly waitedMs: number;
}

/** The settings of queues and of Redis: in the steady state, and at the end of the arm. */
export interface Settings {
  readonly type: 'settings';
  readonly moment: 'before' | 'after';
  readonly complete: boolean;
  /** By queue, under BullMQ's names (`concurrency`, `max`, `duration`). Queues without any are not listed. */
  readonly queues: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** By the name of the directive. */
  readonly redis: Readonly<Record<string, string>>;
  readonly message?: string;
}

export const environment = event<EnvironmentSeen>(
  {
    engine: text,
    compose: text,
    node: text,
    versions: map(text),
    images: list(fields<EnvironmentSeen['images'][number]>({ service: text, image: text, source: text })),
    realTimeServices: strings,
  },
  { imageIds: map(text) },
);
export const containers = event<ContainersSeen>({
  containers: list(
    fields<ContainersSeen['containers'][number]>(
      { service: text, name: text, state: text, restarts: number, exitCode: number, oomKilled: bool, startedAt: text },
      { health: text, setUp: map(text) },
    ),
  ),
});
export const container = event<ContainerEvent>({ service: text, name: text, action: text }, { exitCode: number });
export const redis = event<RedisSeen>({ up: bool }, { runId: text, version: text, message: text });
export const pressure = event<Pressure>({ waitedMs: number });
export const settings = event<Settings>(
  { moment: oneOf('before', 'after'), complete: bool, queues: map(map(text)), redis: map(text) },
  { message: text },
);

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
  /** By queue, the fields of its `meta` (`concurrency`, `max`, `duration`). Queues without any are not listed. */
  readonly queues: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** By the name of the directive. Secrets are digests. */
  readonly redis: Readonly<Record<string, string>>;
  /**
   * By queue and id, what each job scheduler or repeatable job runs, and when. Queues without any are not listed.
   * Absent in old histories.
   */
  readonly schedules?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly message?: string;
}

/** How often one process of Redis was given commands for all of it. */
export interface ServerCommandCounts {
  /** Another id means another process, which counts from 0. */
  readonly runId: string;
  /** By command, such as `flushall` or `config|set`. Commands that were never given are not listed. */
  readonly calls: Readonly<Record<string, number>>;
}

/** The counts right before and right after a block. */
export interface RedisCommands extends ServerCommandCounts {
  readonly type: 'redis.commands';
  readonly moment: 'before' | 'after';
  readonly address: string;
  /** The service that is Redis. Absent in old histories. */
  readonly service?: string;
}

/** The last counts of a process of Redis: right before an order of a procedure that ends it went to the engine. */
export interface RedisEnding extends ServerCommandCounts {
  readonly type: 'redis.ending';
}

/** Files and processes that an arm left in containers, once the fault is healed. The next reset would find them too. */
export interface LeftBehind {
  readonly type: 'left-behind';
  /** Why the containers could not be looked at. Then no service is listed. */
  readonly unread?: string;
  readonly services: readonly {
    readonly service: string;
    /** A clause whose subject is the service. */
    readonly how: string;
  }[];
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
  { schedules: map(map(text)), message: text },
);
export const redisCommands = event<RedisCommands>(
  { moment: oneOf('before', 'after'), address: text, runId: text, calls: map(number) },
  { service: text },
);
export const redisEnding = event<RedisEnding>({ runId: text, calls: map(number) });
export const leftBehind = event<LeftBehind>(
  { services: list(fields<LeftBehind['services'][number]>({ service: text, how: text })) },
  { unread: text },
);

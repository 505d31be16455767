import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';

import type { FaultSpec } from '../scenario/define-scenario.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import type { Toxiproxy } from '../sandbox/toxiproxy.ts';

/** What a fault may break. */
export interface FaultTarget {
  readonly sandbox: Sandbox;
  readonly redis: Redis;
  readonly redisAddress: { readonly host: string; readonly port: number };
  readonly prefix: string;
  /** Of the fleet's own major version of BullMQ. */
  readonly queueClass: typeof Queue;
  /** Names of the queues that a selector of the fault stands for. */
  readonly queues: readonly string[];
  /** The service whose workers serve a queue. */
  readonly serviceOf: (queue: string) => string | undefined;
  /** Enqueues jobs that are accounted for like every other; throws when Redis does not acknowledge them all. */
  readonly addJobs: (jobs: {
    readonly queues: readonly string[];
    readonly count: number;
    readonly data: Readonly<Record<string, unknown>>;
    readonly options: Readonly<Record<string, unknown>>;
  }) => Promise<readonly { readonly queue: string; readonly id: string }[]>;
  /** Undefined where the fleet has none. */
  readonly toxiproxy: Toxiproxy | undefined;
  /** The control port of the external APIs. */
  readonly control: { readonly url: string; readonly token: string };
  /** Names of the services that a fault looks from or at. */
  readonly services: { readonly redis: string; readonly toxiproxy: string | undefined; readonly client: string };
}

/** Whether the fault's effect was seen by somebody other than the fault itself. */
export interface Proof {
  readonly bit: boolean;
  readonly evidence: string;
}

export interface InjectedFault {
  readonly proof: Proof;
  /** Puts back what was broken; does nothing to what a procedure has already mended. */
  heal(): Promise<void>;
}

export interface Fault<Kind extends FaultSpec['kind'] = FaultSpec['kind']> {
  /** It breaks one of Toxiproxy's proxies, so the fleet must go through them. */
  readonly breaksProxy?: true;
  /** One clause for a person: `SIGKILL of worker-enrichment`. */
  summarise(spec: Extract<FaultSpec, { kind: Kind }>): string;
  /**
   * Breaks the target and looks whether it broke. When interrupted, or when it throws half-way, it has put back
   * what it had changed.
   */
  inject(spec: Extract<FaultSpec, { kind: Kind }>, target: FaultTarget, signal: AbortSignal): Promise<InjectedFault>;
}

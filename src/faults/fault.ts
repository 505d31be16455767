/**
 * A fault breaks the sandbox, proves from outside that it took effect, and can be healed.
 *
 *   arm ── inject(spec, target, signal) ──► fault ── breaks ──► container │ Redis │ queues │ Toxiproxy │ API
 *    ▲                                        │                                     │
 *    │                                      prove ◄── a client of the fleet, the engine or Redis sees the effect
 *    └──── { proof, heal() } ◄────────────────┘
 *
 * - One fault, one file, and one line in `faults.ts`. The code around it never asks which fault it holds.
 * - A fault without evidence is no error: `tookEffect` is false and the scenario is inconclusive.
 * - An interrupt heals first and then throws.
 */
import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';

import type { FaultSpec } from '../scenario/define-scenario.ts';
import type { Address, Sandbox } from '../sandbox/sandbox.ts';
import type { Toxiproxy } from '../sandbox/toxiproxy.ts';

/** A job that Redis acknowledged. */
export interface AddedJob {
  readonly queue: string;
  readonly id: string;
}

/** Everything that a fault may break or look at. Each fault names the parts that it needs. */
export interface FaultTarget {
  readonly sandbox: Sandbox;
  readonly redis: Redis;
  readonly redisAddress: Address;
  readonly prefix: string;
  /** Of the fleet's own major version of BullMQ. */
  readonly queueClass: typeof Queue;
  /** Names of the queues that the fault's selector chooses. */
  readonly queues: readonly string[];
  /** The service whose workers serve a queue. */
  readonly serviceOf: (queue: string) => string | undefined;
  /**
   * Enqueues jobs that are accounted for like all others.
   * @throws Error if Redis does not acknowledge all of them
   */
  readonly addJobs: (jobs: {
    readonly queues: readonly string[];
    readonly count: number;
    readonly data: Readonly<Record<string, unknown>>;
    readonly options: Readonly<Record<string, unknown>>;
  }) => Promise<readonly AddedJob[]>;
  /** Undefined if the fleet has none. */
  readonly toxiproxy: Toxiproxy | undefined;
  /** The control port of the external APIs. */
  readonly control: { readonly url: string; readonly token: string };
  /** Names of services. The fault looks at the fleet from inside `client`. */
  readonly services: { readonly redis: string; readonly toxiproxy: string | undefined; readonly client: string };
}

/** Whether anything other than the fault itself saw its effect. */
export interface Proof {
  readonly tookEffect: boolean;
  /** What was seen, or why nothing was: for the report. */
  readonly evidence: string;
  /** Services that have no running container any more, if that is what was seen. */
  readonly gone?: readonly string[];
}

export interface InjectedFault {
  readonly proof: Proof;
  /** Repairs what the fault broke. Leaves alone what a procedure has already repaired. */
  heal(): Promise<void>;
}

/** `Needs`: the parts of the target that the fault uses. */
export interface Fault<
  Kind extends FaultSpec['kind'] = FaultSpec['kind'],
  Needs extends keyof FaultTarget = keyof FaultTarget,
> {
  /** One clause for a person: `SIGKILL of worker-enrichment`. */
  summarise(spec: Extract<FaultSpec, { kind: Kind }>): string;
  /**
   * Breaks the target and waits for the proof. If it is interrupted or throws half-way, it has already undone its
   * changes.
   */
  inject(
    spec: Extract<FaultSpec, { kind: Kind }>,
    target: Pick<FaultTarget, Needs>,
    signal: AbortSignal,
  ): Promise<InjectedFault>;
}

import type { Redis } from 'ioredis';

import type { FaultSpec } from '../scenario/define-scenario.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';

/** What a fault may break. */
export interface FaultTarget {
  readonly sandbox: Sandbox;
  readonly redis: Redis;
  readonly redisAddress: { readonly host: string; readonly port: number };
  readonly prefix: string;
  /** Names of the queues that a selector of the fault stands for. */
  readonly queues: readonly string[];
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
  /** One clause for a person: `SIGKILL of worker-enrichment`. */
  summarise(spec: Extract<FaultSpec, { kind: Kind }>): string;
  /**
   * Breaks the target and looks whether it broke. When interrupted, or when it throws half-way, it has put back
   * what it had changed.
   */
  inject(spec: Extract<FaultSpec, { kind: Kind }>, target: FaultTarget, signal: AbortSignal): Promise<InjectedFault>;
}

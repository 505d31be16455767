import type { FaultSpec, JobsSpec } from '../../scenario/define-scenario.ts';
import type { FaultFixture } from './fault-fixture.ts';

/** How one fault is tested. */
export interface FaultCase {
  readonly spec: FaultSpec;
  /** Fails unless the effect shows from outside while the fault is in place. */
  readonly expectBroken: (fixture: FaultFixture) => Promise<unknown>;
  /** Fails unless the effect is gone. Absent if the fault only adds jobs, because healing leaves them. */
  readonly expectHealed?: (fixture: FaultFixture) => Promise<unknown>;
  /** Declares the tests that only this fault has. */
  readonly more?: (fixture: () => FaultFixture) => void;
}

/** `count` jobs for one queue. */
export function jobsFor(name: string, count: number, data: Readonly<Record<string, unknown>> = {}): JobsSpec {
  return { queues: { names: [name] }, count, data, options: {} };
}

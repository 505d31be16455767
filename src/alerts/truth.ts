import type { Arm } from '../history/events.ts';
import type { ArmRecord } from '../record/arm-record.ts';
import { busyBetween } from '../record/cpu-pressure.ts';
import type { RunRecord } from '../record/run-record.ts';

/** What is known of one arm, apart from its metrics. Instants are sandbox ms since 1970. */
export interface ArmTruth {
  readonly scenario: string;
  readonly arm: Arm;
  readonly startS: number;
  /** Real ms since the run's start at `startS`. */
  readonly startT: number;
  readonly endS: number;
  /** Whether the arm is to break something. */
  readonly breaks: boolean;
  /** Undefined if the arm breaks nothing, or if the fault took no effect. */
  readonly fault: FaultTruth | undefined;
  /** The arm was cut off, or its fault took no effect: it proves nothing about rules. */
  readonly problem: string | undefined;
}

export interface FaultTruth {
  readonly kind: string;
  /** When the fault was seen to have taken effect. */
  readonly onsetS: number;
  /** When recovery was proved: lasting health was seen up to here. The arm's end if there was none. */
  readonly overS: number;
  readonly recovered: boolean;
}

/** The arms of a run that recorded metrics of their own, in the order of the scenarios. */
export function truthOf({ scenarios }: RunRecord): readonly ArmTruth[] {
  return [...scenarios.values()].flatMap(({ plan, arms }) =>
    (['treatment', 'control'] as const).flatMap((arm) => {
      const record = arms[arm];
      // An arm of an earlier run has its metrics there.
      if (!record?.started || record.recalled) return [];
      return [{ scenario: plan.id, arm, ...describe(record, arm, plan.fault !== undefined) }];
    }),
  );
}

function describe(record: ArmRecord, arm: Arm, breaks: boolean): Omit<ArmTruth, 'scenario' | 'arm'> {
  const startS = record.started?.s ?? 0;
  const startT = record.started?.t ?? 0;
  // The load stops where the accounting begins, and a fleet without load says nothing about alerts.
  const settled = record.phase('settle')?.ended;
  // A control arm ends with its watch: what follows heals the fault.
  const watchEndS = record.phase('account')?.started.s ?? (arm === 'control' ? settled?.s : undefined);
  const loadEndS = watchEndS ?? record.ended?.s ?? record.last?.s ?? startS;
  // Without a fault only the steady state is known to be healthy: blocks may restart workers, or follow on a burst.
  const quietS = breaks || record.procedures.length === 0 ? undefined : record.phase('diagnose')?.started.s;
  const endS = quietS ?? loadEndS;
  const { proved } = record;
  const problem = problemOf(record, breaks);
  if (!proved?.bit) return { startS, startT, endS, breaks, fault: undefined, problem };
  // A control arm settles, too: that is its watch, not a recovery.
  const recovered = arm === 'treatment' && settled?.outcome === 'done';
  const fault = { kind: proved.kind, onsetS: proved.s, overS: recovered ? settled.s : endS, recovered };
  return { startS, startT, endS, breaks, fault, problem };
}

function problemOf(record: ArmRecord, breaks: boolean): string | undefined {
  const { brokenOff, proved, started, ended } = record;
  if (brokenOff !== undefined) return `the arm was cut off: ${brokenOff}`;
  if (!ended) return 'the arm has no end';
  if (breaks && !proved) return 'the fault was not injected';
  if (breaks && !proved?.bit) return 'the fault took no effect';
  return started && busyBetween(record, started.t, ended.t);
}

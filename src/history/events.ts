import type { Location } from '../kernel/errors.ts';
import type { JobContract } from './job-contract.ts';

/**
 * Everything that can stand in a `history.jsonl`, one JSON object a line. Verdicts are computed from
 * these and nothing else. Times: `t` is real milliseconds since the run's start on a monotonic clock, `s` the
 * sandbox's wall clock in milliseconds since 1970.
 */
export type HistoryEvent = Stamp & EventBody;

export interface Stamp {
  readonly seq: number;
  readonly t: number;
  readonly s: number;
  /** Set on everything that happens within a scenario. */
  readonly scenario?: string;
  readonly arm?: Arm;
}

/** `treatment`: the runbook's procedure is run. `control`: the same fault without it. */
export type Arm = 'treatment' | 'control';

export const phases = [
  'load',
  'start',
  'baseline',
  'inject',
  'detect',
  'diagnose',
  'recover',
  'settle',
  'repeat',
  'account',
  'teardown',
  'judge',
] as const;
export type Phase = (typeof phases)[number];

export type EventBody =
  | RunStarted
  | EnvironmentSeen
  | ScenarioPlanned
  | PhaseStarted
  | PhaseEnded
  | ArmStarted
  | ArmEnded
  | Sample
  | ContainersSeen
  | ContainerEvent
  | RedisSeen
  | Enqueued
  | Outcomes
  | Held
  | Residue
  | Settings
  | Effects
  | FaultInjecting
  | FaultProved
  | FaultHealed
  | ProcedureStarted
  | CommandRan
  | PromptSeen
  | ProcedureEnded
  | WallMet
  | Pressure
  | Note
  | ControlRecalled
  | Interrupted
  | Broken
  | RunEnded;

export interface RunStarted {
  readonly type: 'run.started';
  readonly run: string;
  readonly drillbook: string;
  readonly historyVersion: 1;
  readonly startedAt: string;
  readonly seed: number;
  readonly timeScale: number;
  readonly runbook: RunbookFacts;
  /** Thresholds pinned in the config: what the oracle was when somebody last agreed to it. */
  readonly pinnedThresholds: readonly ThresholdRow[];
  /** Every queue of the fleet and the service whose workers serve it. */
  readonly queues: readonly { readonly name: string; readonly service: string }[];
}

export interface RunbookFacts {
  readonly file: string;
  readonly sha256: string;
  readonly title: string;
  readonly version: string | undefined;
  /** Versions the runbook states, e.g. { redis: '8.4.0', bullmq: '5' }. */
  readonly declaredVersions: Readonly<Record<string, string>>;
  readonly sections: readonly {
    readonly number: string;
    readonly title: string;
    readonly line: number;
    readonly endLine: number;
    readonly procedures: readonly string[];
  }[];
  readonly thresholds: readonly ThresholdRow[];
  /** What was repaired while reading, e.g. a wrong encoding. */
  readonly repairs: readonly string[];
}

/** One row of the runbook's thresholds table. */
export interface ThresholdRow {
  readonly metric: ThresholdMetric;
  readonly normal: Range;
  readonly alert: Range;
  readonly location: Location;
}

export const thresholdMetrics = ['waiting', 'active', 'failed', 'delayed', 'rate'] as const;
export type ThresholdMetric = (typeof thresholdMetrics)[number];

/** A range of values; `failed` is per hour, `rate` per second, the others are counts. The text is the runbook's own. */
export interface Range {
  readonly text: string;
  readonly min?: { readonly value: number; readonly inclusive: boolean };
  readonly max?: { readonly value: number; readonly inclusive: boolean };
}

export interface EnvironmentSeen {
  readonly type: 'environment';
  readonly engine: string;
  readonly compose: string;
  readonly node: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly images: readonly { readonly service: string; readonly image: string; readonly source: string }[];
  /** Services whose containers do not carry the sandbox clock. */
  readonly realTimeServices: readonly string[];
  /** What each service runs on, as the engine identifies it. */
  readonly imageIds?: Readonly<Record<string, string>>;
}

/** A scenario with every selector resolved: the judge needs no scenario file. */
export interface ScenarioPlanned {
  readonly type: 'scenario.planned';
  readonly plan: ScenarioPlan;
}

export interface ScenarioPlan {
  readonly id: string;
  readonly title: string;
  readonly file: string;
  readonly sections: readonly string[];
  readonly fault: { readonly kind: string; readonly summary: string } | undefined;
  readonly symptoms: readonly Claim[];
  readonly diagnosis: readonly PlannedStep[];
  readonly recovery: readonly PlannedStep[];
  /** Blocks that are run on a healthy fleet and must leave it healthy. */
  readonly maintenance?: readonly PlannedStep[];
  /** Somebody else mends what broke, this long after it was seen to be broken, before recovery begins; sandbox ms. */
  readonly mendedAfterMs?: number;
  /** The recovery is run again: on the healthy fleet, and after it was cut off half-way. */
  readonly repeat?: boolean;
  /** The fleet must come back without a procedure. */
  readonly selfHealing?: boolean;
  readonly health: HealthSpec;
  /** How long recovery may take, where somebody measured it. */
  readonly recoveryLimit?: RecoveryLimit;
  readonly jobs: JobContract;
  readonly control: { readonly enabled: boolean; readonly instead: readonly PlannedStep[] };
  /** Selectors of this scenario that the runbook does not satisfy. */
  readonly unbound: readonly { readonly selector: string; readonly message: string; readonly location: Location }[];
}

export interface PlannedStep {
  readonly address: string;
  readonly location: Location;
  readonly shows: readonly ShownPattern[];
  readonly args: readonly string[];
  /** What must be seen from outside after it, before the next step begins. */
  readonly achieves?: readonly Claim[];
  /** What must hold at every moment from its start until the next step begins. */
  readonly throughout?: readonly Claim[];
  /** What the wall is meant to refuse it (regular expressions). */
  readonly refused?: readonly { readonly source: string; readonly flags: string }[];
}

/** Must match the output of a step (regular expression source and flags). */
export interface ShownPattern {
  readonly source: string;
  readonly flags: string;
  readonly means: string;
  /** The number that the first group captures must agree with these jobs. */
  readonly counts?: { readonly queues: readonly string[]; readonly states: readonly QueueState[] };
}

/** Sandbox ms since the procedure began. */
export interface RecoveryLimit {
  readonly baselineMs: number;
  readonly limitMs: number;
}

export interface HealthSpec {
  /** Queues that were hit, checked one by one besides the fleet as a whole. */
  readonly queues: readonly string[];
  readonly services: readonly string[];
  /** At most so many jobs of these queues may stand among the failed; any number where it is absent. */
  readonly failed?: number;
  /** The same for those that are to be tried again, or are not due yet; the runbook's normal range where it is absent. */
  readonly delayed?: number;
  /** How long health must hold without a gap, sandbox ms. */
  readonly sustainMs: number;
  /** By when recovery must be complete, sandbox ms after the procedure's end. */
  readonly withinMs: number;
  /** Jobs waiting with none active for longer than this is a wedge, sandbox ms. */
  readonly wedgeGraceMs: number;
}

/**
 * A statement about a recorded run: true, false or unknown at any moment of it. Every claim has its name and a text for
 * a person. The other fields belong to its kind: `claims/<kind>.ts` defines them and checks them when the run is judged.
 */
export interface Claim {
  readonly claim: string;
  readonly text: string;
  readonly [field: string]: unknown;
}

export const queueStates = ['waiting', 'active', 'delayed', 'failed', 'paused', 'prioritized'] as const;
export type QueueState = (typeof queueStates)[number];

export interface PhaseStarted {
  readonly type: 'phase.started';
  readonly phase: Phase;
}
export interface PhaseEnded {
  readonly type: 'phase.ended';
  readonly phase: Phase;
  readonly outcome: 'done' | 'timed-out' | 'failed' | 'interrupted';
  readonly message?: string;
}
export interface ArmStarted {
  readonly type: 'arm.started';
}
export interface ArmEnded {
  readonly type: 'arm.ended';
}

/**
 * Queue counts at one moment. Only queues whose row changed since the arm's last sample are listed (the
 * first sample of an arm lists all). Row: waiting, active, delayed, failed, paused, prioritized, pause flag (0/1),
 * completions since the arm began, final failures since the arm began, stalls since the arm began.
 */
export interface Sample {
  readonly type: 'sample';
  readonly full: boolean;
  readonly queues: Readonly<Record<string, QueueRow>>;
}
export type QueueRow = readonly [
  waiting: number,
  active: number,
  delayed: number,
  failed: number,
  paused: number,
  prioritized: number,
  flag: number,
  completed: number,
  failures: number,
  stalls: number,
];

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
    /** Limits, restart policy and the like, by name; digests of what is long. */
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
/** Whether Redis answered the sampler; written when it changes. */
export interface RedisSeen {
  readonly type: 'redis';
  readonly up: boolean;
  readonly runId?: string;
  readonly version?: string;
  readonly message?: string;
}

/** How long, since the machine started, at least one of its processes had to wait for a CPU; real ms. */
export interface Pressure {
  readonly type: 'pressure';
  readonly waitedMs: number;
}

/** Jobs that Redis acknowledged; ids are unique over the run. */
export interface Enqueued {
  readonly type: 'enqueued';
  readonly queue: string;
  readonly ids: readonly string[];
  /** Of jobs that were added on top of the load with one; BullMQ's: 1 is the most urgent. */
  readonly priority?: number;
  /** The fault brought them. */
  readonly ofFault?: true;
  /** Of jobs that were added to be done later: when; sandbox ms since 1970. */
  readonly dueAt?: number;
}
/** What the queues' own event streams said of jobs. */
export interface Outcomes {
  readonly type: 'outcomes';
  readonly queue: string;
  readonly completed: readonly string[];
  readonly failed: readonly string[];
  readonly stalled: readonly string[];
  readonly removed: readonly string[];
}
/**
 * The jobs that some queues held right before a procedure that may remove jobs, and right after it: what waited before and is
 * gone after was removed by it, for BullMQ does not tell of each job that it drains.
 */
export interface Held {
  readonly type: 'held';
  readonly moment: 'before' | 'after';
  readonly complete: boolean;
  /** By queue; jobs that a worker was at are not in it. */
  readonly jobs: Readonly<Record<string, readonly string[]>>;
  readonly message?: string;
}
/**
 * Where every job that is still in Redis stands at account; `complete` false if the scan could not finish. Of the delayed, those that were tried
 * and are due to be again later are `retrying`.
 */
export interface Residue {
  readonly type: 'residue';
  readonly complete: boolean;
  readonly jobs: Readonly<
    Record<string, Readonly<Partial<Record<QueueState | 'retrying' | 'completed', readonly string[]>>>>
  >;
  readonly message?: string;
}
/** What is set for whole queues and for Redis: in the steady state, and when all is done. */
export interface Settings {
  readonly type: 'settings';
  readonly moment: 'before' | 'after';
  readonly complete: boolean;
  /** By queue, under the names that BullMQ gives them (`concurrency`, `max`, `duration`); queues with none are not in it. */
  readonly queues: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** By the name of the directive. */
  readonly redis: Readonly<Record<string, string>>;
  readonly message?: string;
}
/** How often each job's effect arrived at the sink, outside Redis; ids with one effect are listed in `once`. */
export interface Effects {
  readonly type: 'effects';
  readonly complete: boolean;
  readonly once: readonly string[];
  readonly more: readonly (readonly [id: string, times: number])[];
  /** Those that were not done as they were added: under another name, with another payload, or to be tried another number of times. */
  readonly altered?: readonly string[];
  readonly message?: string;
}

export interface FaultInjecting {
  readonly type: 'fault.injecting';
  readonly kind: string;
  readonly summary: string;
}
export interface FaultProved {
  readonly type: 'fault.proved';
  readonly kind: string;
  readonly bit: boolean;
  readonly evidence: string;
}
export interface FaultHealed {
  readonly type: 'fault.healed';
  readonly kind: string;
  readonly healed: boolean;
  readonly message?: string;
}

export const purposes = ['diagnosis', 'recovery', 'placebo', 'maintenance', 'repeat'] as const;
export type Purpose = (typeof purposes)[number];
export interface ProcedureStarted {
  readonly type: 'procedure.started';
  readonly address: string;
  readonly purpose: Purpose;
  readonly location: Location;
  readonly args: readonly string[];
  /** The exit status that the block is meant to end with, as the scenario or the runbook tells; 0 where neither does. */
  readonly expectExit?: number;
  /** It is to be cut off after so long, as by somebody who was called away; real ms. */
  readonly cutAfterMs?: number;
}
/** One simple command of a procedure, with its place in the runbook. */
export interface CommandRan {
  readonly type: 'command';
  readonly address: string;
  readonly location: Location;
  /** The command's source text, first line, shortened. */
  readonly text: string;
  /** null: it was running when the procedure was cut, or its status could not be observed. */
  readonly exitCode: number | null;
  /** `condition`: its status decides an if/while/&&/||, so non-zero is no failure. */
  readonly role: 'command' | 'condition' | 'background';
  /** For members of a pipeline, 0-based. */
  readonly pipeIndex?: number;
  /** What it prints goes on into a pipe: another member's status is the pipeline's. */
  readonly intoPipe?: true;
  /** Ended by Drillbook: it never ends by itself, or its block was ended while it ran (it has no duration then). */
  readonly cut: boolean;
  readonly startedMs: number;
  readonly durationMs: number | null;
  /** Last lines of what it printed, when it failed. */
  readonly output?: string;
}
export interface PromptSeen {
  readonly type: 'prompt';
  readonly address: string;
  readonly location: Location;
  readonly text: string;
  readonly answer: string | null;
}
export interface ProcedureEnded {
  readonly type: 'procedure.ended';
  readonly address: string;
  /** The block's own exit status; null when it was cut. */
  readonly exitCode: number | null;
  readonly ended: 'exited' | 'cut' | 'unanswered-prompt' | 'interrupted' | 'operator-lost';
  /** False when the block switched the tracing off, so that commands may be missing. */
  readonly traced: boolean;
  readonly output: string;
  readonly outputCut: boolean;
  readonly cast: string;
  readonly durationMs: number;
  /** `<placeholder>`s or parameters that nothing filled. */
  readonly unfilled: readonly string[];
}

/** A procedure asked of the engine what it may not have, what was not carried out, or what interrupts a service at its work. */
export interface WallMet {
  readonly type: 'wall';
  /**
   * `refused`: answered with an error. `spared`: answered as if carried out, for it concerned a service that Drillbook measures with. `obeyed`:
   * passed on to the engine, and told because it stops, restarts, kills, freezes or removes the `service`.
   */
  readonly outcome: 'refused' | 'spared' | 'obeyed';
  /** A clause behind "tried to". */
  readonly attempt: string;
  /** What the procedure was told. */
  readonly message: string;
  readonly service?: string;
}

export interface Note {
  readonly type: 'note';
  readonly message: string;
}
/** A control arm of an earlier run, whole, in the place of one that is run now. */
export interface ControlRecalled {
  readonly type: 'control.recalled';
  /** The run in which it was recorded, and when (ISO 8601). */
  readonly run: string;
  readonly recordedAt: string;
  /** Its events, with the times of that run. */
  readonly events: readonly HistoryEvent[];
}
export interface Interrupted {
  readonly type: 'interrupted';
  readonly reason: string;
}
/** Something of the harness or of what it needs failed, so that the run could not go on. */
export interface Broken {
  readonly type: 'broken';
  readonly reason: string;
}
/** The last event of every run that did not die. */
export interface RunEnded {
  readonly type: 'run.ended';
  readonly leftovers: readonly string[];
}

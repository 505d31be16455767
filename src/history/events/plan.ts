import type { Location } from '../../kernel/errors.ts';
import { jobContract, type JobContract } from '../job-contract.ts';
import { bool, event, fields, list, number, oneOf, strings, text, type Shape } from '../shape.ts';
import { queueStates, type QueueState } from './queues.ts';
import { location } from './location.ts';

/** A scenario with every selector resolved: the judge needs no scenario file. */
export interface ScenarioPlanned {
  readonly type: 'scenario.planned';
  readonly plan: ScenarioPlan;
}

export interface ScenarioPlan extends PlannedProcedures, PlannedJudgement {
  readonly id: string;
  readonly title: string;
  readonly file: string;
  readonly sections: readonly string[];
  readonly fault: { readonly kind: string; readonly summary: string } | undefined;
  /** Something else repairs the broken part this long after it was seen, before recovery begins; sandbox ms. */
  readonly mendedAfterMs?: number;
  /** Selectors of this scenario that the runbook does not satisfy. */
  readonly unbound: readonly { readonly selector: string; readonly message: string; readonly location: Location }[];
}

/** The blocks of the runbook that the arms run. */
interface PlannedProcedures {
  readonly diagnosis: readonly PlannedStep[];
  readonly recovery: readonly PlannedStep[];
  /** Blocks that run on a healthy fleet and must leave it healthy. */
  readonly maintenance?: readonly PlannedStep[];
  /** The recovery runs again: on the healthy fleet, and after it was cut off half-way. */
  readonly repeat?: boolean;
  readonly control: { readonly enabled: boolean; readonly instead: readonly PlannedStep[] };
}

/** What the arms are judged by. */
interface PlannedJudgement {
  readonly symptoms: readonly Claim[];
  /** The fleet must recover without a procedure. */
  readonly selfHealing?: boolean;
  readonly health: HealthSpec;
  /** Absent in old histories: the queues and services of `health`. */
  readonly touches?: Touches;
  /** How long recovery may take. Absent if no baseline was measured. */
  readonly recoveryLimit?: RecoveryLimit;
  readonly jobs: JobContract;
}

export interface PlannedStep {
  readonly address: string;
  readonly location: Location;
  readonly shows: readonly ShownPattern[];
  readonly args: readonly string[];
  /** Must be seen from outside after the step, before the next one begins. */
  readonly achieves?: readonly Claim[];
  /** Must hold at every moment from the step's start until the next one begins. */
  readonly throughout?: readonly Claim[];
  /** Keys of the block's annotation that change how it is judged, and that nothing outside the runbook allows. */
  readonly ignored?: readonly string[];
  /** The requests that the wall is expected to refuse (regular expressions). */
  readonly refused?: readonly Pattern[];
}

interface Pattern {
  readonly source: string;
  readonly flags: string;
}

/** What the procedures may touch besides curing what is broken. */
export interface Touches {
  /** The services that they may stop or restart. */
  readonly services: readonly string[];
  /** How many of them may be down at the same time. Absent: all. */
  readonly servicesAtOnce?: number;
  /** For how long each may be down, sandbox ms. Absent: any time. */
  readonly servicesForMs?: number;
  /** The queues that they may pause, and whose failed and completed jobs they may retry or remove. */
  readonly queues: readonly string[];
  /** For how long each may be paused, sandbox ms. Absent: any time. */
  readonly queuesForMs?: number;
  /** The commands for the whole of Redis that they may give, such as `config|set`. */
  readonly redis: readonly string[];
}

/** Must match the output of a step. */
export interface ShownPattern extends Pattern {
  readonly means: string;
  /** The number that the first group captures must agree with these jobs. */
  readonly counts?: { readonly queues: readonly string[]; readonly states: readonly QueueState[] };
}

/** Sandbox ms since the procedure began. */
export interface RecoveryLimit {
  readonly baselineMs: number;
  readonly limitMs: number;
}

/** All durations in sandbox ms. */
export interface HealthSpec {
  /** The affected queues, checked one by one besides the fleet as a whole. */
  readonly queues: readonly string[];
  /** The affected services. */
  readonly services: readonly string[];
  /** At most so many jobs of the affected queues may be among the failed. Absent: any number. */
  readonly failed?: number;
  /** At most so many of them may be delayed. Absent: the runbook's normal range. */
  readonly delayed?: number;
  /** How long health must hold without a gap. */
  readonly sustainMs: number;
  /** Recovery must be complete so long after the procedure's end. */
  readonly withinMs: number;
  /** Jobs that wait for longer than this, with none active, are a wedge. */
  readonly wedgeGraceMs: number;
}

/**
 * A statement about a recorded run: true, false or unknown at any moment of it. Every claim has its name and a text
 * for a person. The other fields belong to its kind: `claims/<kind>.ts` defines and checks them.
 */
export interface Claim {
  readonly claim: string;
  readonly text: string;
  readonly [field: string]: unknown;
}

/** Only what every claim shares; `claimProblem` in claims/ checks the fields of its kind. */
const claim: Shape<Claim> = fields<Pick<Claim, 'claim' | 'text'>>({ claim: text, text });
const pattern = fields<Pattern>({ source: text, flags: text });
const counts = fields<NonNullable<ShownPattern['counts']>>({ queues: strings, states: list(oneOf(...queueStates)) });
const step = fields<PlannedStep>(
  {
    address: text,
    location,
    shows: list(fields<ShownPattern>({ source: text, flags: text, means: text }, { counts })),
    args: strings,
  },
  { achieves: list(claim), throughout: list(claim), ignored: strings, refused: list(pattern) },
);
const health = fields<HealthSpec>(
  { queues: strings, services: strings, sustainMs: number, withinMs: number, wedgeGraceMs: number },
  { failed: number, delayed: number },
);
const touches = fields<Touches>(
  { services: strings, queues: strings, redis: strings },
  {
    servicesAtOnce: number,
    servicesForMs: number,
    queuesForMs: number,
  },
);
const plan = fields<ScenarioPlan>(
  {
    id: text,
    title: text,
    file: text,
    sections: strings,
    symptoms: list(claim),
    diagnosis: list(step),
    recovery: list(step),
    health,
    jobs: jobContract,
    control: fields<ScenarioPlan['control']>({ enabled: bool, instead: list(step) }),
    unbound: list(fields<ScenarioPlan['unbound'][number]>({ selector: text, message: text, location })),
  },
  {
    fault: fields<NonNullable<ScenarioPlan['fault']>>({ kind: text, summary: text }),
    maintenance: list(step),
    touches,
    mendedAfterMs: number,
    recoveryLimit: fields<RecoveryLimit>({ baselineMs: number, limitMs: number }),
    selfHealing: bool,
    repeat: bool,
  },
);

export const scenarioPlanned = event<ScenarioPlanned>({ plan });

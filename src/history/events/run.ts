import { readableVersions, type HistoryVersion } from '../history-version.ts';
import { event, fields, kind, list, number, oneOf, positive, strings, text } from '../shape.ts';
import { runbookFacts, thresholdRow, type RunbookFacts, type ThresholdRow } from './runbook-facts.ts';

/** The first event of every run. */
export interface RunStarted {
  readonly type: 'run.started';
  readonly run: string;
  /** The version of Drillbook that recorded the run. */
  readonly drillbook: string;
  readonly historyVersion: HistoryVersion;
  readonly startedAt: string;
  readonly seed: number;
  readonly timeScale: number;
  readonly runbook: RunbookFacts;
  /** The thresholds that the configuration pins, so that a runbook cannot loosen its own oracle. */
  readonly pinnedThresholds: readonly ThresholdRow[];
  /** How often rules are evaluated whose group states no interval, sandbox ms. */
  readonly evaluationMs?: number;
  /** What a run of all scenarios must cover. Absent if some were chosen, and in old histories. */
  readonly coverage?: CoverageRule;
  /** Every queue of the fleet and the service whose workers serve it. */
  readonly queues: readonly { readonly name: string; readonly service: string }[];
}

/** Every block of the runbook must be run and judged, except those that the configuration excuses. */
export interface CoverageRule {
  readonly excused: readonly {
    /** The selector as the configuration writes it. */
    readonly at: string;
    readonly why: string;
    /** The blocks that it names; none if the runbook has none. */
    readonly addresses: readonly string[];
  }[];
}

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
export interface Note {
  readonly type: 'note';
  readonly message: string;
}
export interface Interrupted {
  readonly type: 'interrupted';
  readonly reason: string;
}
/** The harness, or something it needs, failed. The run could not go on. */
export interface Broken {
  readonly type: 'broken';
  readonly reason: string;
}
/** The last event of every run that did not die. */
export interface RunEnded {
  readonly type: 'run.ended';
  /** What teardown could not remove. */
  readonly leftovers: readonly string[];
}

const version = kind<HistoryVersion>(`one of ${readableVersions.join(', ')}`, (value) =>
  readableVersions.some((known) => known === value),
);
const phase = oneOf(...phases);

export const runStarted = event<RunStarted>(
  {
    run: text,
    drillbook: text,
    historyVersion: version,
    startedAt: text,
    seed: number,
    timeScale: number,
    runbook: runbookFacts,
    pinnedThresholds: list(thresholdRow),
    queues: list(fields<RunStarted['queues'][number]>({ name: text, service: text })),
  },
  {
    evaluationMs: positive,
    coverage: fields<CoverageRule>({
      excused: list(fields<CoverageRule['excused'][number]>({ at: text, why: text, addresses: strings })),
    }),
  },
);
export const phaseStarted = event<PhaseStarted>({ phase });
export const phaseEnded = event<PhaseEnded>(
  { phase, outcome: oneOf('done', 'timed-out', 'failed', 'interrupted') },
  { message: text },
);
export const armStarted = event<ArmStarted>({});
export const armEnded = event<ArmEnded>({});
export const note = event<Note>({ message: text });
export const interrupted = event<Interrupted>({ reason: text });
export const broken = event<Broken>({ reason: text });
export const runEnded = event<RunEnded>({ leftovers: strings });

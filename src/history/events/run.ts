import { readableVersions, type HistoryVersion } from '../history-version.ts';
import { event, fields, kind, list, number, oneOf, strings, text } from '../shape.ts';
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
  /** Every queue of the fleet and the service whose workers serve it. */
  readonly queues: readonly { readonly name: string; readonly service: string }[];
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

export const runStarted = event<RunStarted>({
  run: text,
  drillbook: text,
  historyVersion: version,
  startedAt: text,
  seed: number,
  timeScale: number,
  runbook: runbookFacts,
  pinnedThresholds: list(thresholdRow),
  queues: list(fields<RunStarted['queues'][number]>({ name: text, service: text })),
});
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

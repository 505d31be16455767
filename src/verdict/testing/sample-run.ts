import type { RunStarted, ScenarioPlan, ThresholdRow } from '../../history/events.ts';
import { historyVersion } from '../../history/history-version.ts';

export const file = 'runbook.md';
export const recovery = '3.2 > Solution > bash[1]';
export const diagnosis = '3.2 > Diagnosis > bash[1]';

export function threshold(metric: ThresholdRow['metric'], normal: ThresholdRow['normal'], line: number): ThresholdRow {
  return {
    metric,
    normal,
    alert: { text: '> 5000', min: { value: 5000, inclusive: false } },
    location: { file, line },
  };
}

const below = (value: number): ThresholdRow['normal'] => ({ text: `< ${value}`, max: { value, inclusive: false } });
const above = (value: number): ThresholdRow['normal'] => ({ text: `> ${value}`, min: { value, inclusive: false } });
export const thresholds: readonly ThresholdRow[] = [
  threshold('waiting', below(1000), 61),
  threshold('active', { text: '1-50', min: { value: 1, inclusive: true }, max: { value: 50, inclusive: true } }, 62),
  threshold('failed', below(10), 63),
  threshold('delayed', below(500), 64),
  threshold('rate', above(10), 65),
];

export const pausedPlan: ScenarioPlan = {
  id: 'queue-paused',
  title: 'mail is paused',
  file: 'queue-paused.scenario.ts',
  sections: ['3.2'],
  fault: { kind: 'queues-paused', summary: 'mail paused' },
  symptoms: [{ claim: 'paused', queues: ['mail'], value: true, text: 'mail: paused' }],
  diagnosis: [
    {
      address: diagnosis,
      location: { file, line: 20 },
      shows: [{ source: 'paused: mail', flags: '', means: 'the paused queue' }],
      args: [],
    },
  ],
  recovery: [{ address: recovery, location: { file, line: 30 }, shows: [], args: [] }],
  health: { queues: ['mail'], services: [], sustainMs: 30_000, withinMs: 60_000, wedgeGraceMs: 30_000 },
  jobs: { lost: 0, removed: 0, failed: 0, duplicates: 'at-least-once' },
  control: { enabled: true, instead: [] },
  unbound: [],
};

/** The first event of the recorded run. */
export const baseRun: RunStarted = {
  type: 'run.started',
  run: 'r1',
  drillbook: '0.0.0',
  historyVersion,
  startedAt: '2026-01-01T00:00:00.000Z',
  seed: 1,
  timeScale: 10,
  runbook: {
    file,
    sha256: '00',
    title: 'Runbook',
    version: '1.1',
    declaredVersions: { redis: '8.4.0' },
    sections: [{ number: '3.2', title: 'Queue paused', line: 10, endLine: 50, procedures: [diagnosis, recovery] }],
    thresholds,
    repairs: [],
  },
  pinnedThresholds: thresholds,
  queues: [
    { name: 'mail', service: 'worker-mail' },
    { name: 'rest', service: 'worker-rest' },
  ],
};

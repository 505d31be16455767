import { closeSync, openSync, writeSync } from 'node:fs';

import type { HistoryEvent, QueueRow, ScenarioPlan } from '../../history/events.ts';
import { recordRun } from './record-run.ts';

/** Events of one tick besides its sample: acknowledged jobs and outcomes, for each of two queues. */
const perTick = 5;
const queueCount = 180;
const jobsPerEvent = 4;

/**
 * Writes the history of a long run: that of `recordRun` with a fleet of 180 queues. Between its baseline and its fault
 * come as many ticks as make up the number of events. In each tick two queues get jobs, complete them, and change.
 */
export function writeLongHistory(file: string, eventCount: number): void {
  const out = openSync(file, 'wx');
  const recorded = recordRun();
  const split = recorded.findIndex(({ type }) => type === 'fault.injecting') - 1;
  const [before, after] = [recorded.slice(0, split), recorded.slice(split)];
  let seq = 0;
  let pending: string[] = [];
  const write = (event: HistoryEvent | Omit<HistoryEvent, 'seq'>): void => {
    pending.push(JSON.stringify({ ...event, seq }));
    seq += 1;
    if (pending.length === 1000) flush();
  };
  const flush = (): void => {
    if (pending.length > 0) writeSync(out, `${pending.join('\n')}\n`);
    pending = [];
  };
  const names = Array.from({ length: queueCount - 2 }, (_, index) => `queue-${index}`);
  for (const event of before) write(widen(event, names));
  const last = before.at(-1);
  const ticks = Math.floor((eventCount - recorded.length) / perTick);
  for (let tick = 1; tick <= ticks; tick += 1) {
    const stamp = {
      t: (last?.t ?? 0) + tick * 25,
      s: (last?.s ?? 0) + tick * 250,
      scenario: 'queue-paused',
      arm: 'treatment',
    } as const;
    const changed = [names[(tick * 2) % names.length] ?? '', names[(tick * 2 + 1) % names.length] ?? ''];
    const sample: Record<string, QueueRow> = {};
    for (const [index, queue] of changed.entries()) {
      const ids = Array.from({ length: jobsPerEvent }, (_, job) => `${tick}-${index}-${job}`);
      write({ ...stamp, type: 'enqueued', queue, ids });
      write({ ...stamp, type: 'outcomes', queue, completed: ids, failed: [], stalled: [], removed: [] });
      sample[queue] = [tick % 5, tick % 3, 0, 0, 0, 0, 0, tick * jobsPerEvent, 0, 0];
    }
    write({ ...stamp, type: 'sample', full: false, queues: sample });
  }
  const late = { t: ticks * 25, s: ticks * 250 };
  for (const event of after) write({ ...event, t: event.t + late.t, s: event.s + late.s });
  for (let missing = eventCount - seq; missing > 0; missing -= 1)
    write({ ...late, t: 1e9, s: 1.8e12, type: 'note', message: 'to make the number whole' });
  flush();
  closeSync(out);
}

/** Adds the other queues to the run. */
function widen(event: HistoryEvent, names: readonly string[]): HistoryEvent {
  if (event.type === 'run.started')
    return { ...event, queues: [...event.queues, ...names.map((name) => ({ name, service: 'worker-rest' }))] };
  if (event.type === 'scenario.planned') return { ...event, plan: { ...event.plan, ...allClaims } };
  return event;
}

/** Claims that are evaluated at every moment. */
const allClaims: Pick<ScenarioPlan, 'symptoms'> = {
  symptoms: [
    { claim: 'growing', queues: [], states: ['waiting'], text: 'the backlog grows' },
    { claim: 'progress', queues: ['mail'], value: false, text: 'mail completes no jobs' },
    { claim: 'count', queues: [], state: 'failed', op: '>', value: 5, text: 'jobs fail' },
  ],
};

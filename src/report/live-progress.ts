import { styleText } from 'node:util';

import type { HistoryEvent, QueueRow } from '../history/events.ts';
import { oneLine, withoutCommands } from '../kernel/plain-text.ts';

interface Output {
  write(text: string): unknown;
}

export interface LiveProgress {
  apply(event: HistoryEvent): void;
  /** Clears the live line. Safe to call twice. */
  end(): void;
}

const redrawEveryMs = 200;

/**
 * Tells a person where a run is: on a terminal one line that is rewritten, elsewhere a plain line for each phase.
 * Both clocks are shown, and the counts of the queues that the scenario hits.
 */
export function createLiveProgress(output: Output, options: { readonly live: boolean }): LiveProgress {
  let scenario = '';
  let arm = '';
  let phase = '';
  let hit: readonly string[] = [];
  let startedS: number | undefined;
  let drawnAt = 0;
  let lineShown = false;
  const rows = new Map<string, QueueRow>();
  const plans = new Map<string, readonly string[]>();

  const clear = (): void => {
    if (lineShown) output.write('\r\u001b[2K');
    lineShown = false;
  };
  const say = (text: string): void => {
    clear();
    output.write(`${withoutCommands(text)}\n`);
  };
  const lineOf = (event: HistoryEvent): string => {
    const where = [options.live && scenario !== '' ? styleText('bold', scenario) : scenario, arm, phase].filter(
      (word) => word !== '',
    );
    return `${clocks(event, startedS)}  ${where.join(' ')}  ${counts(rows, hit)}`.trimEnd();
  };
  const draw = (event: HistoryEvent): void => {
    if (!options.live || event.t - drawnAt < redrawEveryMs || phase === '') return;
    drawnAt = event.t;
    clear();
    output.write(lineOf(event));
    lineShown = true;
  };

  return {
    apply(event) {
      startedS ??= event.s;
      if (event.type === 'scenario.planned') plans.set(event.plan.id, event.plan.health.queues);
      if (event.type === 'arm.started') {
        scenario = oneLine(event.scenario ?? '');
        arm = event.arm ?? '';
        hit = plans.get(event.scenario ?? '') ?? [];
        rows.clear();
      }
      if (event.type === 'sample') {
        for (const [name, row] of Object.entries(event.queues)) rows.set(name, row);
        draw(event);
      }
      if (event.type === 'phase.started') {
        phase = event.phase;
        if (event.scenario === undefined) {
          // What the run as a whole goes through is no scenario's, nor are the counts of one.
          [scenario, arm] = ['', ''];
          rows.clear();
        }
        if (!options.live) say(lineOf(event));
      }
      if (event.type === 'note') say(`note: ${oneLine(event.message, 400)}`);
    },
    end: clear,
  };
}

function clocks({ t, s }: HistoryEvent, startedS: number | undefined): string {
  return `${clock(t)} real, ${clock(s - (startedS ?? s))} sandbox`;
}

function clock(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  return `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`;
}

function counts(rows: ReadonlyMap<string, QueueRow>, hit: readonly string[]): string {
  if (rows.size === 0) return '';
  const names = hit.length > 0 ? hit : [...rows.keys()];
  const sum = { waiting: 0, active: 0, failed: 0 };
  for (const name of names) {
    const row = rows.get(name);
    if (!row) continue;
    sum.waiting += row[0] + row[4] + row[5];
    sum.active += row[1];
    sum.failed += row[3];
  }
  return `${names.length === 1 ? '1 queue' : `${names.length} queues`}: waiting ${sum.waiting}, active ${sum.active}, failed ${sum.failed}`;
}

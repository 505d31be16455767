import { styleText } from 'node:util';

import type { HistoryEvent, QueueRow } from '../history/events.ts';
import { oneLine, withoutCommands } from '../kernel/plain-text.ts';

interface Output {
  write(text: string): unknown;
  /** Width of the terminal. */
  readonly columns?: number;
}

export interface LiveProgress {
  apply(event: HistoryEvent): void;
  /** Clears the live lines. Safe to call twice. */
  end(): void;
}

const redrawEveryMs = 200;

/** The position of a scenario, or of the run as a whole. */
interface Place {
  readonly scenario: string;
  readonly arm: string;
  phase: string;
  /** Sandbox seconds per real second, once that has changed. */
  rate: number | undefined;
  /** The queues that the scenario affects. */
  readonly affected: readonly string[];
  readonly rows: Map<string, QueueRow>;
}

/**
 * Shows how far a run is. It only draws events; it controls nothing.
 * - On a terminal (`live`): one line per running scenario, redrawn. Elsewhere: one plain line per phase.
 * - A line has both clocks and the counts of the queues that the scenario affects.
 */
export function createLiveProgress(output: Output, options: { readonly live: boolean }): LiveProgress {
  const whole = placeOf('', '', []);
  const places = new Map<string, Place>();
  let startedS: number | undefined;
  let drawnAt = 0;
  let linesShown = 0;
  const plans = new Map<string, readonly string[]>();

  const clear = (): void => {
    if (linesShown > 0) output.write(`\r\u001b[2K${'\u001b[1A\u001b[2K'.repeat(linesShown - 1)}`);
    linesShown = 0;
  };
  const print = (text: string): void => {
    clear();
    output.write(`${withoutCommands(text)}\n`);
  };
  const describe = ({ scenario, arm, phase, rate, rows, affected }: Place): string => {
    const where = [scenario, arm, phase, rate === undefined ? '' : `×${rate}`].filter((word) => word !== '');
    return `${where.join(' ')}  ${counts(rows, affected)}`.trimEnd();
  };
  const draw = (event: HistoryEvent): void => {
    const shown = places.size > 0 ? [...places.values()] : [whole];
    if (!options.live || event.t - drawnAt < redrawEveryMs || shown.every(({ phase }) => phase === '')) return;
    drawnAt = event.t;
    clear();
    const both = clocks(event, startedS);
    const lines = shown.map((place, index) => {
      const before = index === 0 ? both : ' '.repeat(both.length);
      // A line that the terminal wraps cannot be cleared.
      const line = `${before}  ${describe(place)}`.slice(0, (output.columns ?? 80) - 1);
      const name = line.slice(both.length + 2, both.length + 2 + place.scenario.length);
      return name === '' ? line : line.replace(name, () => styleText('bold', name, { validateStream: false }));
    });
    output.write(lines.join('\n'));
    linesShown = lines.length;
  };

  return {
    apply(event) {
      // A series has many runs, each with its own clocks.
      if (event.type === 'run.started') [startedS, drawnAt] = [event.s, 0];
      const { scenario } = event;
      if (event.type === 'note') print(`note: ${oneLine(event.message, 400)}`);
      if (event.type === 'scenario.planned') plans.set(event.plan.id, event.plan.health.queues);
      if (event.type === 'arm.started' && scenario !== undefined)
        places.set(scenario, placeOf(oneLine(scenario), event.arm ?? '', plans.get(scenario) ?? []));
      const place = scenario === undefined ? whole : places.get(scenario);
      if (event.type === 'arm.ended' && scenario !== undefined) places.delete(scenario);
      if (!place) return;
      if (event.type === 'clock.changed') place.rate = event.rate;
      if (event.type === 'sample') {
        for (const [name, row] of Object.entries(event.queues)) place.rows.set(name, row);
        draw(event);
      }
      if (event.type === 'phase.started') {
        place.phase = event.phase;
        if (!options.live) print(`${clocks(event, startedS)}  ${describe(place)}`);
      }
    },
    end: clear,
  };
}

function placeOf(scenario: string, arm: string, affected: readonly string[]): Place {
  return { scenario, arm, phase: '', rate: undefined, affected, rows: new Map() };
}

function clocks({ t, s }: HistoryEvent, startedS: number | undefined): string {
  return `${clock(t)} real, ${clock(s - (startedS ?? s))} sandbox`;
}

function clock(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  return `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`;
}

function counts(rows: ReadonlyMap<string, QueueRow>, affected: readonly string[]): string {
  if (rows.size === 0) return '';
  const names = affected.length > 0 ? affected : [...rows.keys()];
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

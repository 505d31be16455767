/**
 * Prometheus' alert state machine, for thresholds, durations and phases that promtool was not asked about. It decides
 * no verdict alone: promtool confirms what it found, and `agreement.test.ts` holds the two together.
 *
 * - An alert is pending from the first evaluation that returns it, and fires at the first one that is `for` later.
 * - One evaluation without it deletes a pending alert, so it starts from zero again.
 * - `keep_firing_for` counts from the first evaluation that does not return it.
 */
import { keyOf } from './alert-spans.ts';
import type { AlertSpan, AlertTimeline, ExpressionResult } from './timeline.ts';

/** Sandbox ms, and the labels that the rule adds. */
export interface MachineRule {
  readonly forMs: number;
  readonly keepFiringForMs: number;
  readonly labels?: Readonly<Record<string, string>>;
}

/** Evaluations at `startS + phaseMs`, and then every `intervalMs`. */
export interface MachineGrid {
  readonly startS: number;
  readonly intervalMs: number;
  readonly phaseMs: number;
}

/** `{{ $labels.queue }}`, which depends on the result's labels alone. */
const ofLabels = /\{\{\s*\$labels\.(\w+)\s*\}\}/g;

/**
 * Why the machine cannot run a rule with these labels, as a clause. A template that uses `$value` can make another
 * alert at each evaluation.
 */
export function machineProblem(labels: Readonly<Record<string, string>>): string | undefined {
  const odd = Object.entries(labels).find(([, text]) => text.replaceAll(ofLabels, '').includes('{{'));
  return odd && `the label ${odd[0]} has a template that only promtool can expand`;
}

/**
 * @param result what the rule's expression returns, at the evaluations of the grid at least
 * @throws SameAlertError if two results become the same alert
 * @throws Error if an evaluation of the grid is missing, or if `machineProblem` names a problem
 */
export function runMachine(result: ExpressionResult, rule: MachineRule, grid: MachineGrid): readonly AlertTimeline[] {
  return timelinesOf(findRuns(result, rule.labels ?? {}, grid), rule);
}

/** When the expression returned each alert. Durations do not matter here, so one answer serves many of them. */
export interface AlertRuns {
  /** Sandbox ms of the evaluations. */
  readonly times: readonly number[];
  readonly intervalMs: number;
  /** By the text of the labels, sorted. The runs of an alert are in the order of time, with a gap between two. */
  readonly runs: readonly (readonly [key: string, runs: readonly Run[]])[];
}

/** Evaluations in a row that return the alert, both included. */
interface Run {
  readonly from: number;
  to: number;
}

/** Two results became one alert. The message is that of Prometheus, which refuses the evaluation. */
export class SameAlertError extends Error {
  constructor() {
    super('vector contains metrics with the same labelset after applying alert labels');
  }
}

/** It throws what `runMachine` throws. */
export function findRuns(
  result: ExpressionResult,
  labels: Readonly<Record<string, string>>,
  grid: MachineGrid,
): AlertRuns {
  const problem = machineProblem(labels);
  if (problem !== undefined) throw new Error(problem);
  const steps = stepsOn(result, grid);
  const runs = new Map<string, Run[]>();
  const known = new Map<object, Run[]>();
  for (const [evaluation, { samples }] of steps.entries()) {
    for (const sample of samples) {
      let own = known.get(sample.labels);
      if (!own) {
        const key = alertKey(sample.labels, labels);
        own = runs.get(key) ?? [];
        runs.set(key, own);
        known.set(sample.labels, own);
      }
      const last = own.at(-1);
      if (last?.to === evaluation) throw new SameAlertError();
      if (last?.to === evaluation - 1) last.to = evaluation;
      else own.push({ from: evaluation, to: evaluation });
    }
  }
  const sorted = [...runs].toSorted(([one], [other]) => (one < other ? -1 : 1));
  return { times: steps.map(({ s }) => s), intervalMs: grid.intervalMs, runs: sorted };
}

/** What the alerts do with these durations. */
export function timelinesOf(
  { times, intervalMs, runs }: AlertRuns,
  rule: Pick<MachineRule, 'forMs' | 'keepFiringForMs'>,
): readonly AlertTimeline[] {
  const waits = Math.ceil(rule.forMs / intervalMs);
  const keeps = Math.ceil(rule.keepFiringForMs / intervalMs) + 1;
  return runs.map(([key, own]) => {
    const spans: AlertSpan[] = [];
    for (let index = 0; index < own.length; index += 1) {
      const first = own[index];
      let last = first;
      if (!first || !last) break;
      const fires = first.from + waits;
      let gone = last.to + 1;
      // A firing alert outlasts gaps that are shorter than `keep_firing_for`; a pending one none.
      while (fires <= last.to && gone < times.length) {
        gone = Math.min(times.length, last.to + keeps);
        const next: Run | undefined = own[index + 1];
        if (!next || next.from > gone) break;
        last = next;
        index += 1;
        gone = last.to + 1;
      }
      const turns = Math.min(fires, gone);
      if (turns > first.from) spans.push(spanOf('pending', first.from, turns));
      if (gone > turns) spans.push(spanOf('firing', turns, gone));
    }
    return { labels: Object.fromEntries(JSON.parse(key) as [string, string][]), spans };
  });

  function spanOf(state: AlertSpan['state'], from: number, until: number): AlertSpan {
    const [fromS, untilS] = [times[from], times[until]];
    if (fromS === undefined) throw new RangeError(`there is no evaluation ${from}`);
    return { state, fromS, untilS };
  }
}

function alertKey(labels: Readonly<Record<string, string>>, ofRule: Readonly<Record<string, string>>): string {
  const added = Object.entries(ofRule).map(([label, text]) => [
    label,
    text.replaceAll(ofLabels, (_, name: string) => labels[name] ?? ''),
  ]);
  const { __name__: _name, alertname: _alertname, ...all } = { ...labels, ...Object.fromEntries(added) };
  return keyOf(all);
}

function stepsOn({ steps }: ExpressionResult, { startS, intervalMs, phaseMs }: MachineGrid): ExpressionResult['steps'] {
  const [first, last] = [startS + phaseMs, steps.at(-1)?.s ?? -Infinity];
  const chosen = steps.filter(({ s }) => s >= first && (s - first) % intervalMs === 0);
  const expected = Math.max(0, Math.floor((last - first) / intervalMs) + 1);
  if (chosen.length !== expected) throw new Error(`there are ${chosen.length} of ${expected} evaluations`);
  return chosen;
}

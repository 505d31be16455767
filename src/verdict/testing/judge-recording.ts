import type { HistoryEvent, PlannedStep } from '../../history/events.ts';
import { judge } from '../judge.ts';
import type { Check, RunReport } from '../run-report.ts';
import { file, recordRun, recovery, type Recording } from './record-run.ts';

/** Judges these events, numbered again: a test may have added or removed some. */
export async function judgeEvents(events: readonly HistoryEvent[]): Promise<RunReport> {
  async function* stream(): AsyncGenerator<HistoryEvent> {
    for (const [seq, event] of events.entries()) yield { ...event, seq };
  }
  return judge(stream());
}

export function judgeRun(recording: Recording = {}): Promise<RunReport> {
  return judgeEvents(recordRun(recording));
}

/** The checks that did not pass, by id, each as `fail: its message`. */
export function unmet(checks: readonly Check[] = []): Record<string, string> {
  return Object.fromEntries(checks.filter(({ verdict }) => verdict !== 'pass').map((check) => [check.id, text(check)]));
}

/** The checks of the run and of its first scenario that did not pass. */
export async function unmetOf(events: readonly HistoryEvent[]): Promise<Record<string, string>> {
  const report = await judgeEvents(events);
  return { ...unmet(report.checks), ...unmet(report.scenarios[0]?.checks) };
}

export function unmetBy(recording: Recording): Promise<Record<string, string>> {
  return unmetOf(recordRun(recording));
}

/** Every check of the scenario, by id: `pass`, or its verdict with its message. */
export async function checksOf(recording: Recording): Promise<Record<string, string>> {
  const { scenarios } = await judgeRun(recording);
  const checks = scenarios[0]?.checks ?? [];
  return Object.fromEntries(checks.map((check) => [check.id, check.verdict === 'pass' ? 'pass' : text(check)]));
}

export async function checkOf(id: string, recording: Recording): Promise<string | undefined> {
  return (await checksOf(recording))[id];
}

function text({ verdict, message }: Check): string {
  return `${verdict}: ${message}`;
}

/** A cure that does nothing. */
export const nothing = (): void => undefined;

/** A step that runs the recovery. */
export function step(more: Partial<PlannedStep> = {}): PlannedStep {
  return { address: recovery, location: { file, line: 30 }, shows: [], args: [], ...more };
}

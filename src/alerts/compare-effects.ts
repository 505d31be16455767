import { count } from '../kernel/words.ts';
import type { Cell, RuleReport, Spread } from './alerts-report.ts';
import { seconds } from './say-time.ts';

export const changeKinds = [
  'missed',
  'later',
  'noisier',
  'unknown',
  'caught',
  'earlier',
  'calmer',
  'clears-later',
  'clears-sooner',
] as const;
/**
 * - `missed`, `caught`: no longer caught, newly caught
 * - `later`, `earlier`: caught both times, but not as fast
 * - `noisier`, `calmer`: more or fewer false alarms
 * - `clears-later`, `clears-sooner`: the alert takes another time to resolve after the recovery
 * - `unknown`: the recordings cannot show whether something changed
 */
export type ChangeKind = (typeof changeKinds)[number];

/** One difference between two rules, in sandbox ms. */
export interface EffectChange {
  readonly kind: ChangeKind;
  /** Undefined for false alarms. */
  readonly scenario: string | undefined;
  /** At the worst evaluation phase: until it fires, or until it clears. */
  readonly baseMs: number | undefined;
  readonly newMs: number | undefined;
  /** A clause: what it was, and what it is. */
  readonly message: string;
}

/** What the recordings show of one rule. */
export interface Effect {
  /** One per fault, the same faults for both rules. */
  readonly cells: readonly Cell[];
  readonly healthy: RuleReport['healthy'];
}

/** How the effect of one rule differs from that of another. None for the same effect. */
export function compareEffects(base: Effect, next: Effect): readonly EffectChange[] {
  const ofFaults = base.cells.flatMap((cell) => {
    const other = next.cells.find(({ scenario }) => scenario === cell.scenario);
    return other ? compareCells(cell, other) : [];
  });
  return [...ofFaults, ...compareAlarms(base.healthy, next.healthy)];
}

const levels = { quiet: 0, late: 1, fired: 2 } as const;

function compareCells(base: Cell, next: Cell): readonly EffectChange[] {
  const { scenario } = base;
  const change = (kind: ChangeKind, message: string): EffectChange => ({
    kind,
    scenario,
    baseMs: base.firing?.delayMs.worst,
    newMs: next.firing?.delayMs.worst,
    message,
  });
  if (base.outcome === 'unknown' || next.outcome === 'unknown') {
    const reason = base.outcome === 'unknown' ? base.reason : next.reason;
    const both = base.outcome === next.outcome;
    const side = base.outcome === 'unknown' ? 'the old rule: ' : 'the new rule: ';
    return [change('unknown', `${both ? '' : side}${reason}`)];
  }
  const level = levels[next.outcome] - levels[base.outcome] || phasesOf(next) - phasesOf(base);
  if (level !== 0) return [change(level < 0 ? 'missed' : 'caught', `${sayCell(base)} → ${sayCell(next)}`)];
  if (!base.firing || !next.firing) return [];
  const [was, is] = [base.firing.delayMs, next.firing.delayMs];
  const slower = compareSpreads(was, is);
  const delay = slower === 0 ? [] : [change(slower > 0 ? 'later' : 'earlier', saySpreads(was, is))];
  return [...delay, ...compareClearing(base, next)];
}

function phasesOf({ firing }: Cell): number {
  return firing ? firing.phases.fired / firing.phases.of : 0;
}

/** Positive if the second is slower. The worst decides; the others count if it is the same. */
function compareSpreads(was: Spread, is: Spread): number {
  return is.worst - was.worst || is.median - was.median || is.min - was.min;
}

function saySpreads(was: Spread, is: Spread): string {
  if (was.worst !== is.worst) return `${seconds(was.worst)} → ${seconds(is.worst)}`;
  const middle = is.median === was.median ? 'at best' : 'as the median';
  const key = is.median === was.median ? 'min' : 'median';
  return `${seconds(was[key])} → ${seconds(is[key])} ${middle}`;
}

/** Only times from the same arm compare: another arm recovers at another time, or never. */
function compareClearing(base: Cell, next: Cell): readonly EffectChange[] {
  if (base.arm !== next.arm) return [];
  const [was, is] = [base.firing?.clearedMs, next.firing?.clearedMs];
  const slower = was && is ? compareSpreads(was, is) : (is ? 0 : Infinity) - (was ? 0 : Infinity);
  if (!slower) return [];
  const say = (spread: Spread | undefined): string => (spread ? seconds(spread.worst) : 'not in this recording');
  return [
    {
      kind: slower > 0 ? 'clears-later' : 'clears-sooner',
      scenario: base.scenario,
      baseMs: was?.worst,
      newMs: is?.worst,
      message: was && is ? saySpreads(was, is) : `${say(was)} → ${say(is)}`,
    },
  ];
}

function compareAlarms(base: RuleReport['healthy'], next: RuleReport['healthy']): readonly EffectChange[] {
  const change = (kind: ChangeKind, message: string): readonly EffectChange[] => [
    { kind, scenario: undefined, baseMs: undefined, newMs: undefined, message },
  ];
  if (base.hours === 0 || next.hours === 0) return change('unknown', 'no healthy time is recorded');
  if (base.alarms === next.alarms) return [];
  const time = seconds(next.hours * 3_600_000);
  const message = `${base.alarms} → ${count(next.alarms, 'false alarm')} in ${time}`;
  return change(next.alarms > base.alarms ? 'noisier' : 'calmer', message);
}

function sayCell({ outcome, firing }: Cell): string {
  if (!firing) return outcome;
  const { fired, of } = firing.phases;
  const luck = fired < of ? ` at ${fired} of ${of} evaluation phases` : '';
  return `${outcome === 'late' ? 'late, ' : ''}after ${seconds(firing.delayMs.worst)}${luck}`;
}

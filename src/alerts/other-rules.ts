import type { AlertRule } from '../runbook/runbook.ts';
import type { ObservedRule } from './alerts-input.ts';
import type { EffectChange } from './compare-effects.ts';

/** What the rest of the new set does for a fault that one rule catches later or no longer. */
export interface OtherRules {
  /** The fastest of them that catches it, with the sandbox ms at the worst evaluation phase. */
  readonly caught: (Pick<AlertRule, 'name' | 'location'> & { readonly delayMs: number }) | undefined;
  /** Names of those of which the recordings cannot show it. */
  readonly unknown: readonly string[];
}

/** A difference between a rule and its successor, and what the other rules do about it. */
export interface RuleChange extends EffectChange {
  /** Only of a fault that is caught later or no longer. */
  readonly others?: OtherRules;
}

export function isLoss({ kind }: Pick<EffectChange, 'kind'>): boolean {
  return kind === 'missed' || kind === 'later';
}

/** @param others the rules of the new set but for the rule itself */
export function nameOthers(change: EffectChange, others: readonly ObservedRule[]): RuleChange {
  if (!isLoss(change)) return change;
  const seen = others.flatMap(({ rule, cells }) =>
    cells.flatMap((cell) => (cell.scenario === change.scenario ? [{ rule, ...cell }] : [])),
  );
  const [caught] = seen
    .flatMap(({ rule: { name, location }, outcome, firing }) =>
      outcome === 'fired' && firing ? [{ name, location, delayMs: firing.delayMs.worst }] : [],
    )
    .toSorted((one, other) => one.delayMs - other.delayMs);
  const unknown = seen.flatMap(({ rule, outcome }) => (outcome === 'unknown' ? [rule.name] : []));
  return { ...change, others: { caught, unknown } };
}

import { compareEffects, type Effect } from '../alerts/compare-effects.ts';
import type { RuleMutant } from './mutate-rules.ts';

/** What would tell a mutant from its rule: a statement of a scenario, or a fault if the recordings are the same. */
export function adviseStatement(
  { rule, tellingFault }: Pick<RuleMutant, 'rule' | 'tellingFault'>,
  base: Effect,
  mutant: Effect,
): string {
  const name = JSON.stringify(rule.name);
  for (const { kind, scenario, baseMs, newMs } of compareEffects(base, mutant)) {
    if (scenario === undefined) continue;
    if (kind === 'caught') return `state in ${scenario}: alerts: { quiet: [${name}] }`;
    const within = limitBetween(baseMs, newMs);
    if (within === undefined) continue;
    if (kind === 'missed' || kind === 'later')
      return `state in ${scenario}: alerts: { fire: { ${name}: '${within}' } }`;
    if (kind === 'clears-later') return `state in ${scenario}: alerts: { clear: '${within}' }`;
  }
  const fires = base.cells.some(({ outcome }) => outcome === 'fired' || outcome === 'late');
  return `${fires ? '' : 'the rule fires for no recorded fault; '}add a fault: ${tellingFault}`;
}

/** The longest time in whole minutes, or else in seconds, that the rule keeps and the mutant does not. */
function limitBetween(baseMs: number | undefined, newMs = Infinity): string | undefined {
  if (baseMs === undefined || baseMs >= newMs) return undefined;
  const minutes = Math.max(1, Math.ceil(baseMs / 60_000));
  if (minutes * 60_000 < newMs) return `${minutes}m`;
  const seconds = Math.max(1, Math.ceil(baseMs / 1000));
  return seconds * 1000 < newMs ? `${seconds}s` : undefined;
}

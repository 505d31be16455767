import { exitCode, type ExitCode } from '../../kernel/errors.ts';
import type { Check } from '../run-report.ts';
import type { Outcome } from './debrief.ts';
import type { Mitigation } from './mitigation.ts';

interface Evidence {
  readonly interrupted: string | undefined;
  /** Checks that say whether the record can prove anything: premises, the whole run, the thresholds, the machine. */
  readonly premises: readonly Check[];
  readonly ledger: Check | undefined;
  /** Undefined: there is no record of it. */
  readonly mitigation: Mitigation | undefined;
  readonly hasFault: boolean;
  readonly selfHealed: boolean;
  /** Why lateness proves nothing: the machine was too busy. */
  readonly busy: string | undefined;
}

interface Judged {
  readonly outcome: Outcome;
  readonly reasons: readonly string[];
}

/**
 * The outcome of a drill. What cannot be proved is inconclusive, and never the player's loss:
 *
 * 1. An interrupted drill was stopped.
 * 2. Without a steady state, an effect of the fault and a whole record, nothing is proved.
 * 3. The fleet must have become healthy and stayed so, and every job must be accounted for.
 */
export function findOutcome(evidence: Evidence): Judged {
  const { interrupted, premises, ledger, mitigation, hasFault, busy } = evidence;
  if (interrupted !== undefined) return { outcome: 'stopped', reasons: [interrupted] };
  const doubts = premises.filter(({ verdict }) => verdict !== 'pass').map(({ message }) => message);
  if (doubts.length > 0) return { outcome: 'inconclusive', reasons: doubts };
  if (!mitigation || !ledger) return { outcome: 'inconclusive', reasons: ['the drill was not played to its end'] };
  const sick = mitigation.kind === 'unhealthy' ? [`the fleet is not healthy: ${mitigation.complaint.text}`] : [];
  // The check of the ledger knows by itself which failures a busy machine excuses.
  const losses = [...(busy === undefined ? sick : []), ...(ledger.verdict === 'fail' ? [ledger.message] : [])];
  if (losses.length > 0) return { outcome: 'not-recovered', reasons: losses };
  const unknowns = [
    ...(busy === undefined ? [] : sick.map((text) => `${busy}, so it proves nothing: ${text}`)),
    ...(mitigation.kind === 'unknown' ? [`it is not known whether it is healthy: ${mitigation.complaint.text}`] : []),
    ...(ledger.verdict === 'inconclusive' ? [ledger.message] : []),
    ...(hasFault ? notEarned(evidence) : []),
  ];
  if (unknowns.length > 0) return { outcome: 'inconclusive', reasons: unknowns };
  return hasFault
    ? { outcome: 'recovered', reasons: ['the fleet became healthy and stayed so', ledger.message] }
    : { outcome: 'stood-down', reasons: ['nothing was broken, and nothing is broken now', ledger.message] };
}

/** Why health at the end does not show that anything was cured. */
function notEarned({ mitigation, selfHealed }: Evidence): readonly string[] {
  if (mitigation?.kind === 'healthy' && mitigation.harmless)
    return ['by the thresholds of the runbook the fault did no harm, so there was nothing to recover from'];
  return selfHealed ? ['the fleet recovered by itself: the player had run nothing that could be the reason'] : [];
}

export function exitCodeOfDrill(outcome: Outcome): ExitCode {
  const codes = {
    recovered: exitCode.passed,
    'stood-down': exitCode.passed,
    'not-recovered': exitCode.failed,
    inconclusive: exitCode.inconclusive,
    stopped: exitCode.interrupted,
  } as const;
  return codes[outcome];
}

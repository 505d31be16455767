import { combine } from '../kernel/verdict.ts';
import type { Runbook } from '../runbook/runbook.ts';
import type { AlertsReport, Finding } from './alerts-report.ts';
import { findDisagreements, findUnreadable } from './find-flaws.ts';
import { judgeExpectations } from './judge-expectations.ts';
import type { AlertsInput } from './alerts-input.ts';

/** Adds what concerns all rules together, and the verdict of the whole. */
export function completeReport(
  judged: Omit<AlertsReport, 'findings' | 'verdict'>,
  { rules, expectations }: Pick<AlertsInput, 'rules' | 'expectations'>,
  runbook: Runbook,
): AlertsReport {
  const expected = judgeExpectations(expectations, judged.rules);
  // A rule file may well hold only the rules that are being worked on.
  const ofRunbook = rules.some(({ location }) => location.file === runbook.file);
  const findings = [
    ...(ofRunbook ? findUnreadable(runbook.alertProblems) : []),
    ...findDisagreements(runbook.thresholds, rules, ofRunbook),
    ...expected.flatMap(({ finding }) => finding ?? []),
    ...findUncaught(judged),
  ];
  const ofFindings = findings.some(({ severity }) => severity === 'fail') ? 'fail' : 'pass';
  const verdicts = [...judged.rules, ...expected].map(({ verdict }) => verdict);
  return { ...judged, findings, verdict: combine([...verdicts, ofFindings]) };
}

/** Faults that no rule catches. */
function findUncaught({ rules, faults }: Pick<AlertsReport, 'rules' | 'faults'>): readonly Finding[] {
  const outcomesFor = (fault: string) =>
    rules.map(({ cells }) => cells.find(({ scenario }) => scenario === fault)?.outcome ?? 'unknown');
  const quiet = faults.filter((fault) => outcomesFor(fault).every((outcome) => outcome === 'quiet'));
  const unknown = faults.filter((fault) => {
    const outcomes = outcomesFor(fault);
    return !outcomes.includes('fired') && outcomes.includes('unknown');
  });
  const say = (what: string, names: readonly string[]): readonly Finding[] =>
    names.length === 0
      ? []
      : [{ id: 'uncaught', severity: 'note', message: `${what}: ${names.join(', ')}`, locations: [] }];
  return [...say('no rule fires for', quiet), ...say('it is not known whether a rule fires for', unknown)];
}

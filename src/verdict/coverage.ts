import type { AlertFacts } from '../alerts/alert-facts.ts';
import { assertedMetric } from '../claims/over-threshold.ts';
import type { RunbookFacts, ThresholdMetric } from '../history/events.ts';
import { pairSteps, type PairedStep } from '../record/pair-steps.ts';
import type { ScenarioRecord } from '../record/run-record.ts';
import type { AlertsCoverage, SectionCoverage } from './run-report.ts';

/**
 * Which blocks the scenarios ran to their end and judged, section by section. A block that runs without anything that
 * it must show or achieve is not covered: it may do anything.
 */
export function coverageOf(runbook: RunbookFacts, scenarios: readonly ScenarioRecord[]): readonly SectionCoverage[] {
  const ranBy = scenariosThat(isJudged, scenarios);
  return runbook.sections.map(({ number, title, line, endLine, procedures }) => {
    const blocks = procedures.map((address) => {
      const ids = [...(ranBy.get(address) ?? [])];
      return { address, covered: ids.length > 0, scenarios: ids };
    });
    const ids = [...new Set(blocks.flatMap(({ scenarios: by }) => by))];
    return { number, title, line, endLine, covered: ids.length > 0, scenarios: ids, procedures: blocks };
  });
}

/** Which alert rules the faults made fire, and which rows of the thresholds table are the symptom of a scenario. */
export function alertsCoverageOf(
  { thresholds }: RunbookFacts,
  scenarios: readonly ScenarioRecord[],
  { rules, notJudged }: AlertFacts,
): AlertsCoverage {
  const ran = scenarios.filter(({ arms }) => arms.treatment);
  const asserting = (metric: ThresholdMetric): readonly ScenarioRecord[] =>
    ran.filter(({ plan }) => plan.symptoms.some((claim) => assertedMetric(claim) === metric));
  return {
    rules: rules.map(({ name, location, firedIn }) => ({ name, location, scenarios: [...firedIn] })),
    rows: thresholds.map(({ metric, location }) => ({
      metric,
      location,
      scenarios: asserting(metric).map(({ plan }) => plan.id),
    })),
    notJudged: [...notJudged],
  };
}

/** The scenarios that ran each block, whatever they judged, by the block's address. */
export function ranIn(scenarios: readonly ScenarioRecord[]): ReadonlyMap<string, ReadonlySet<string>> {
  return scenariosThat(() => true, scenarios);
}

function scenariosThat(
  counts: (pair: PairedStep) => boolean,
  scenarios: readonly ScenarioRecord[],
): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  for (const { plan, arms } of scenarios) {
    for (const pair of pairSteps(plan, arms.treatment)) {
      if (!pair.record?.ended || !counts(pair)) continue;
      const ids = found.get(pair.step.address) ?? new Set();
      found.set(pair.step.address, ids.add(plan.id));
    }
  }
  return found;
}

/** What cures is judged by the recovery. Anything else needs something to show or to achieve. */
function isJudged({ purpose, step: { shows, achieves = [], throughout = [] } }: PairedStep): boolean {
  return purpose === 'recovery' || shows.length + achieves.length + throughout.length > 0;
}

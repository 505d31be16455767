import type { RunbookFacts } from '../history/events.ts';
import type { ScenarioRecord } from '../record/run-record.ts';
import type { SectionCoverage } from './run-report.ts';

/** Which blocks the scenarios ran to their end, section by section. A block that no scenario ran is not covered. */
export function coverageOf(runbook: RunbookFacts, scenarios: readonly ScenarioRecord[]): readonly SectionCoverage[] {
  const ranBy = new Map<string, Set<string>>();
  for (const { plan, arms } of scenarios) {
    for (const { started, ended } of arms.treatment?.procedures ?? []) {
      if (!ended) continue;
      const ids = ranBy.get(started.address) ?? new Set();
      ranBy.set(started.address, ids.add(plan.id));
    }
  }
  return runbook.sections.map(({ number, title, line, endLine, procedures }) => {
    const blocks = procedures.map((address) => {
      const ids = [...(ranBy.get(address) ?? [])];
      return { address, covered: ids.length > 0, scenarios: ids };
    });
    const ids = [...new Set(blocks.flatMap(({ scenarios: by }) => by))];
    return { number, title, line, endLine, covered: ids.length > 0, scenarios: ids, procedures: blocks };
  });
}

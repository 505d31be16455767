import type { RunReport } from '../verdict/run-report.ts';

/** What no scenario ran: sections by number and title; of a section that was run in part, the blocks that were not. */
export function nameUncovered(coverage: RunReport['coverage']): readonly string[] {
  return coverage.flatMap(({ number, title, covered, procedures }) => {
    const missed = procedures.filter((procedure) => !procedure.covered);
    if (missed.length === 0) return [];
    return covered ? missed.map(({ address }) => address) : [`${number} ${title}`.trim()];
  });
}

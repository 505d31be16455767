import type { RunReport } from '../verdict/run-report.ts';

/** Names the sections that no scenario ran. If a section ran in part, it names the blocks that did not run. */
export function nameUncovered(coverage: RunReport['coverage']): readonly string[] {
  return coverage.flatMap(({ number, title, covered, procedures }) => {
    const missed = procedures.filter((procedure) => !procedure.covered);
    if (missed.length === 0) return [];
    return covered ? missed.map(({ address }) => address) : [`${number} ${title}`.trim()];
  });
}

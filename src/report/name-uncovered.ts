import type { RunReport } from '../verdict/run-report.ts';

/**
 * Names what the run did not show to work: sections that no scenario ran, alert rules that no fault made fire, and rows
 * of the thresholds table that are the symptom of no scenario. Of a section that ran in part, it names the other
 * blocks.
 */
export function nameUncovered({ coverage, alerts }: Pick<RunReport, 'coverage' | 'alerts'>): readonly string[] {
  const unshown = ({ scenarios }: { readonly scenarios: readonly string[] }): boolean => scenarios.length === 0;
  return [
    ...coverage.flatMap(({ number, title, covered, procedures }) => {
      const missed = procedures.filter((procedure) => !procedure.covered);
      if (missed.length === 0) return [];
      return covered ? missed.map(({ address }) => address) : [`${number} ${title}`.trim()];
    }),
    ...(alerts?.rules ?? []).filter(unshown).map(({ name }) => `alert ${name}`),
    ...(alerts?.rows ?? []).filter(unshown).map(({ metric }) => `threshold of ${metric}`),
  ];
}

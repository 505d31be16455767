import type { CoverageRule, RunbookFacts } from '../../history/events.ts';
import type { ScenarioRecord } from '../../record/run-record.ts';
import { coverageOf, ranIn } from '../coverage.ts';
import type { Check, Finding } from '../run-report.ts';
import { inconclusive, isNonEmpty, pass } from './check.ts';

const id = 'coverage';

/** A run of all scenarios says nothing about a block that none of them ran and judged. */
export function checkCoverage(
  { excused }: CoverageRule,
  runbook: RunbookFacts,
  scenarios: readonly ScenarioRecord[],
): Check {
  const ran = ranIn(scenarios);
  const places = new Map(runbook.blocks?.map(({ address, location }) => [address, location]));
  const exceptions = new Set(excused.flatMap(({ addresses }) => addresses));
  const missed = coverageOf(runbook, scenarios)
    .flatMap(({ procedures }) => procedures)
    .filter(({ address, covered }) => !covered && !exceptions.has(address))
    .map(({ address }): Finding => {
      const [scenario] = ran.get(address) ?? [];
      const location = places.get(address);
      const message =
        scenario === undefined
          ? `no scenario runs ${address}`
          : `${scenario} runs ${address}, and says neither what it must show nor what it must achieve`;
      return { message, ...(location ? { location } : {}) };
    });
  const stale = excused
    .filter(({ addresses }) => addresses.length === 0)
    .map(({ at }): Finding => ({
      message: `\`uncovered\` in the configuration names ${at}, which the runbook has not`,
    }));
  const findings = [...missed, ...stale];
  if (!isNonEmpty(findings)) return pass(id, passed(excused));
  const more = findings.length > 1 ? ` (and ${findings.length - 1} more)` : '';
  return inconclusive(id, `${findings[0].message}${more}`, findings);
}

function passed(excused: CoverageRule['excused']): string {
  const exceptions = excused.map(({ at, why }) => `${at} (${why})`).join(', ');
  return `the scenarios run and judge every block${exceptions === '' ? '' : `, except ${exceptions}`}`;
}

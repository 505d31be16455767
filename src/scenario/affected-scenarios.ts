import { findProcedures, type Searched } from '../runbook/select-procedure.ts';
import type { LoadedScenario } from './load-scenarios.ts';

/** The steps of a scenario's treatment arm. */
type Steps = Pick<LoadedScenario, 'diagnosis' | 'recovery' | 'maintenance'>;

/**
 * The scenarios whose treatment arm runs a block of the runbook, in their order. The blocks of a control arm
 * (`control.instead`) do not count. A selector that matches nothing is passed over here: binding the scenario reports
 * it.
 * @param address of the block, e.g. `3.2 > Solution > bash[1]`
 * @param labels further label words, the same as the runbook was read with
 */
export function affectedScenarios<Scenario extends Steps>(
  address: string,
  scenarios: readonly Scenario[],
  runbook: Searched,
  labels?: Readonly<Record<string, readonly string[]>>,
): readonly Scenario[] {
  const runsBlock = (selector: string): boolean => {
    const found = findProcedures(runbook, selector, labels);
    return found.kind === 'found' && found.procedures.some((procedure) => procedure.address === address);
  };
  return scenarios.filter(({ diagnosis, recovery, maintenance }) =>
    [...diagnosis, ...recovery, ...maintenance].some(({ run }) => runsBlock(run)),
  );
}

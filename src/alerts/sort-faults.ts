import { InputError } from '../kernel/errors.ts';
import { faultsOf } from './judge-alerts.ts';
import type { SweepInput } from './sweep-input.ts';
import type { SweepReport } from './sweep-report.ts';
import type { TriedSetting } from './try-settings.ts';

/**
 * Which faults decide, which are kept out, and which say nothing about a setting.
 * @throws InputError if all faults are kept out
 */
export function sortFaults(
  { rule, arms, expectations, keepOut, seed }: SweepInput,
  tried: readonly TriedSetting[],
): Pick<SweepReport, 'swept' | 'keptOut' | 'uncaught' | 'undecided'> {
  const rows = faultsOf(arms).map((scenario, index) => {
    const cells = tried.flatMap(({ cells: all }) => all[index] ?? []);
    const expectation = expectations.find((one) => one.scenario === scenario);
    const wanted = expectation?.fire[rule.name] !== undefined || (keepOut?.includes(scenario) ?? false);
    const unwanted = expectation?.quiet.includes(rule.name) ?? false;
    const decided = cells.filter(({ outcome }) => outcome !== 'unknown');
    const catches = decided.some(({ outcome }) => outcome === 'fired');
    return { scenario, unwanted, decides: !unwanted && (wanted || catches), decided, reason: cells[0]?.reason ?? '' };
  });
  const relevant = rows.filter(({ decides, decided }) => decides && decided.length > 0);
  const names = relevant.map(({ scenario }) => scenario).toSorted();
  if (names.length > 0 && names.every((name) => keepOut?.includes(name)))
    throw new InputError(`nothing is left to choose by: --keep-out names all faults that ${rule.name} can catch`, {
      code: 'FLAGS_CONTRADICT',
      next: 'leave some of them out of it',
    });
  const kept = keepOut ?? (names.length < 3 ? [] : names.filter((_, index) => index % 3 === seed % 3));
  return {
    swept: names.filter((name) => !kept.includes(name)),
    keptOut: names.filter((name) => kept.includes(name)),
    uncaught: rows.flatMap(({ scenario, unwanted, decides, decided }) =>
      !decides && !unwanted && decided.length > 0 ? [scenario] : [],
    ),
    undecided: rows.flatMap(({ scenario, decided, reason }) => (decided.length === 0 ? [{ scenario, reason }] : [])),
  };
}

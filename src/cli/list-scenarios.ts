import path from 'node:path';

import { formatLocation, type Location } from '../kernel/errors.ts';
import { oneLine, plainText } from '../kernel/plain-text.ts';
import { findProcedures, type Searched } from '../runbook/select-procedure.ts';
import type { Project } from '../scenario/load-project.ts';
import type { LoadedScenario } from '../scenario/load-scenarios.ts';

type LabelWords = Project['config']['labels'];

/**
 * A table of each scenario's blocks and their lines in the runbook, and what of the runbook is not understood.
 * @param directory files are printed relative to it
 */
export function listScenarios(
  scenarios: readonly Pick<LoadedScenario, 'id' | 'title' | 'diagnosis' | 'recovery' | 'maintenance'>[],
  runbook: Searched,
  labels: LabelWords,
  directory: string,
): string {
  const lineOf = (location: Location): string =>
    formatLocation({ ...location, file: path.relative(directory, location.file) });
  const rows = scenarios.flatMap(({ id, title, diagnosis, recovery, maintenance }) => {
    const steps = [...diagnosis, ...recovery, ...maintenance].flatMap(({ run }) => {
      const found = findProcedures(runbook, run, labels);
      if (found.kind === 'found') return found.procedures.map(({ location }) => [run, lineOf(location)]);
      return [[run, `${lineOf(found.location)} NOT FOUND: ${found.message}`]];
    });
    const [first = ['-', 'runs no block; the fleet must heal by itself'], ...others] = steps;
    return [[id, ...first], ...others.map((step) => ['', ...step]), ['', title, '']];
  });
  const widths = [0, 1].map((column) =>
    Math.max(...rows.filter((row) => row[2] !== '').map((row) => row[column]?.length ?? 0)),
  );
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const notes = runbook.notUnderstood.map(({ message, location }) => `  ${lineOf(location)}  ${oneLine(message, 500)}`);
  const noted = notes.length === 0 ? [] : ['', 'Not understood, so neither run nor checked:', ...notes];
  return plainText(`${[...lines, ...noted].join('\n')}\n`);
}

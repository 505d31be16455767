import { readdir } from 'node:fs/promises';
import path from 'node:path';

import { loadLocatedModule } from '../config/load-module.ts';
import { InputError, type Location } from '../kernel/errors.ts';
import { parseScenario, type ScenarioSpec } from './define-scenario.ts';

export interface LoadedScenario extends ScenarioSpec {
  readonly file: string;
  /** Finds the value at this path in the file. */
  readonly locate: (path: readonly PropertyKey[]) => Location;
}

/**
 * Loads every `*.scenario.ts` in the directory, in the order of the file names.
 * @throws InputError for the first mistake, with its file and line; also if two scenarios have the same id
 */
export async function loadScenarios(directory: string): Promise<readonly LoadedScenario[]> {
  const names = await readdir(directory).catch((cause: unknown) => {
    throw new InputError(`cannot read the scenario directory ${directory}`, {
      code: 'SCENARIOS_UNREADABLE',
      next: 'correct "scenarios" in drillbook.config.ts',
      cause,
    });
  });
  const files = names.filter((name) => name.endsWith('.scenario.ts')).sort();
  if (files.length === 0) {
    throw new InputError(`no *.scenario.ts file in ${directory}`, {
      code: 'SCENARIOS_NONE',
      next: 'write one; docs/scenarios.md explains how',
    });
  }
  const scenarios: LoadedScenario[] = [];
  for (const name of files) {
    const file = path.join(directory, name);
    const { value: spec, locate } = await loadLocatedModule(file, 'scenario', parseScenario);
    const twin = scenarios.find(({ id }) => id === spec.id);
    if (twin) {
      throw new InputError(`id: ${spec.id} is already used by ${twin.file}`, {
        code: 'SCENARIO_DUPLICATE',
        location: locate(['id']),
        next: 'give each scenario an id of its own',
      });
    }
    scenarios.push({ ...spec, file, locate });
  }
  return scenarios;
}

import { InputError } from '../kernel/errors.ts';
import type { Project } from '../scenario/load-project.ts';
import type { LoadedScenario } from '../scenario/load-scenarios.ts';

/** The scenarios that `--only` names, or all of them. */
export function selectScenarios(project: Project, only: readonly string[] | undefined): readonly LoadedScenario[] {
  if (!only) return project.scenarios;
  const unknown = only.find((id) => !project.scenarios.some((scenario) => scenario.id === id));
  if (unknown !== undefined) {
    throw new InputError(`there is no scenario ${unknown}`, {
      code: 'SCENARIO_UNKNOWN',
      next: `name some of ${project.scenarios.map(({ id }) => id).join(', ')}`,
    });
  }
  return project.scenarios.filter(({ id }) => only.includes(id));
}

/** `20261124-101500-4711`: the start time in UTC and the process id. */
export function newRunId(): string {
  return `${new Date().toISOString().replaceAll(/[-:]/g, '').replace('T', '-').slice(0, 15)}-${process.pid}`;
}

import { InputError } from '../kernel/errors.ts';
import type { Project } from '../scenario/load-project.ts';
import type { LoadedScenario } from '../scenario/load-scenarios.ts';

/** The scenarios that `--only` names, or all. */
export function selectScenarios(project: Project, only: readonly string[] | undefined): readonly LoadedScenario[] {
  if (!only) return project.scenarios;
  const unknown = only.find((id) => !project.scenarios.some((scenario) => scenario.id === id));
  if (unknown !== undefined) {
    throw new InputError(`there is no scenario ${unknown}`, {
      code: 'SCENARIO_UNKNOWN',
      next: `choose among ${project.scenarios.map(({ id }) => id).join(', ')}`,
    });
  }
  return project.scenarios.filter(({ id }) => only.includes(id));
}

/** `20261124-101500-4711`: when it began, and the process that runs it. */
export function newRunId(): string {
  return `${new Date().toISOString().replaceAll(/[-:]/g, '').replace('T', '-').slice(0, 15)}-${process.pid}`;
}

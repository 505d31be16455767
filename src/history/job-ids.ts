import type { Arm } from './events.ts';

/** What the ids of the jobs that Drillbook enqueues in one arm begin with. */
export function jobIdPrefix(scenario: string, arm: Arm): string {
  return `${scenario}-${arm}`;
}

export function jobIdOf(prefix: string, ordinal: number): string {
  return `${prefix}-${ordinal}`;
}

/** Whether Drillbook made this id, in whatever arm: a worker may tell of a job of the arm before. */
export function isOwnJobId(id: string): boolean {
  return /^[a-z][a-z0-9-]*-(?:treatment|control)-\d+$/.test(id);
}

import type { Arm } from './events.ts';

/** The prefix of the ids that Drillbook gives the jobs of one arm. */
export function jobIdPrefix(scenario: string, arm: Arm): string {
  return `${scenario}-${arm}`;
}

export function jobIdOf(prefix: string, ordinal: number): string {
  return `${prefix}-${ordinal}`;
}

/**
 * Gives ids to jobs, by prefix. A sandbox has one of these for as long as it is up. If a scenario runs in it again, a
 * worker can still report a job of the first attempt, which must not be taken for one of the second.
 */
export function createJobIds(): (prefix: string) => string {
  const given = new Map<string, number>();
  return (prefix) => {
    const ordinal = (given.get(prefix) ?? 0) + 1;
    given.set(prefix, ordinal);
    return jobIdOf(prefix, ordinal);
  };
}

/** Whether Drillbook gave this id, in any arm: a worker can still report a job of the arm before. */
export function isOwnJobId(id: string): boolean {
  return /^[a-z][a-z0-9-]*-(?:treatment|control)-\d+$/.test(id);
}

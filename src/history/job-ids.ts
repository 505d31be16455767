import type { Arm } from './events.ts';

/** What the ids of the jobs that Drillbook enqueues in one arm begin with. */
export function jobIdPrefix(scenario: string, arm: Arm): string {
  return `${scenario}-${arm}`;
}

export function jobIdOf(prefix: string, ordinal: number): string {
  return `${prefix}-${ordinal}`;
}

/**
 * The next id of each prefix. Of a sandbox there is one of these, for as long as it is up: where a scenario is run in it once more, a worker
 * may yet tell of a job of the first time, and that must not be taken for one of the second.
 */
export function createJobIds(): (prefix: string) => string {
  const given = new Map<string, number>();
  return (prefix) => {
    const ordinal = (given.get(prefix) ?? 0) + 1;
    given.set(prefix, ordinal);
    return jobIdOf(prefix, ordinal);
  };
}

/** Whether Drillbook made this id, in whatever arm: a worker may tell of a job of the arm before. */
export function isOwnJobId(id: string): boolean {
  return /^[a-z][a-z0-9-]*-(?:treatment|control)-\d+$/.test(id);
}

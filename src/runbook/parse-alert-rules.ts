import type { Fence } from './fence.ts';
import { readRules, type ReadRules } from './read-rules.ts';

/**
 * Reads the Prometheus rules of the YAML blocks: a list of rules, or `groups:`. Skips blocks without `alert:`. A rule
 * that Prometheus would refuse is a problem at its line; the other rules are read.
 */
export function parseAlertRules(fences: readonly Fence[]): ReadRules {
  const read = fences
    .filter(({ language, code }) => /^ya?ml$/.test(language) && /^[ \t-]*["']?alert["']?[ \t]*:/m.test(code))
    .map(readRules);
  return {
    alerts: read.flatMap(({ alerts }) => alerts),
    recordings: read.flatMap(({ recordings }) => recordings),
    problems: read.flatMap(({ problems }) => problems),
  };
}

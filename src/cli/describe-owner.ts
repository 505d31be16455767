import type { FoundSandbox } from '../sandbox/find-sandboxes.ts';

/** "`drillbook verify` of ann on build-7 (pid 4711), since 2026-01-31T23:59:59Z" */
export function describeOwner({ lease }: Pick<FoundSandbox, 'lease'>): string {
  if (!lease) return 'an unknown owner';
  const { owner, command, since } = lease;
  return `\`${['drillbook', command].join(' ').trim()}\` of ${owner.user} on ${owner.host} (pid ${owner.pid}), since ${since.replace(/\.\d+/, '')}`;
}

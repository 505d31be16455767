import { column, type Moment } from '../../../record/timeline.ts';
import type { Finding } from '../../run-report.ts';
import { described, isJudgedByRecovered, lastBegun, located, type Watch } from './watch.ts';

/** Queues that are left paused. */
export function queueFindings(queues: readonly { readonly name: string }[], watch: Watch): readonly Finding[] {
  return queues.flatMap(({ name }) => {
    const isPaused = ({ rows }: Moment): boolean => rows?.get(name)?.[column.flag] === 1;
    const begun = isPaused(watch.before) ? undefined : lastBegun(isPaused, watch);
    return begun && !isJudgedByRecovered(name, begun, watch)
      ? [{ message: `the queue ${described(name, watch)} is left paused`, ...located(watch.arm, begun) }]
      : [];
  });
}

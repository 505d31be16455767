import type { ContainersSeen, EventBody, QueueRow } from '../../history/events.ts';
import { Timeline, type Moment } from '../../record/timeline.ts';

/** What changes at a moment: the queue `mail`, whether Redis answers, or the containers of `worker`. */
export interface RecordedMoment {
  readonly s: number;
  readonly mail?: Partial<Record<'waiting' | 'active' | 'paused' | 'flag' | 'completed', number>>;
  readonly redisUp?: boolean;
  readonly worker?: readonly { readonly state: string; readonly startedAt: string }[];
}

/** The moments of a fleet with one queue, real time like sandbox time. */
export function recordMoments(recorded: readonly RecordedMoment[]): readonly Moment[] {
  const timeline = new Timeline();
  for (const [seq, { s, mail, redisUp, worker }] of recorded.entries()) {
    const push = (body: EventBody): void => timeline.push({ seq, t: s, s, ...body });
    if (mail) push({ type: 'sample', full: true, queues: { mail: rowOf(mail) } });
    if (redisUp !== undefined) push({ type: 'redis', up: redisUp });
    if (worker) push({ type: 'containers', containers: worker.map(containerOf) });
  }
  return timeline.moments;
}

function rowOf({ waiting = 0, active = 0, paused = 0, flag = 0, completed = 0 }: NonNullable<RecordedMoment['mail']>) {
  return [waiting, active, 0, 0, paused, 0, flag, completed, 0, 0] satisfies QueueRow;
}

function containerOf(container: { readonly state: string; readonly startedAt: string }, index: number) {
  const name = `worker-${index + 1}`;
  const seen: ContainersSeen['containers'][number] = {
    ...{ service: 'worker', name, restarts: 0, exitCode: 0, oomKilled: false },
    ...container,
  };
  return seen;
}

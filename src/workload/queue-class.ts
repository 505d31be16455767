import { Queue } from 'bullmq';

/** BullMQ's class with which jobs are added and queues are paused. */
export type QueueClass = typeof Queue;

/**
 * The queue class of the fleet's own major version of BullMQ. The client decides what a pause does, and where a paused
 * queue holds its jobs: version 5 moves them to a list of its own, version 6 leaves them in the waiting list.
 * @param version of the fleet's BullMQ; 5 is used for older and unknown ones, 6 for newer ones
 */
export async function queueClassOf(version: string): Promise<QueueClass> {
  if (!(Number.parseInt(version, 10) >= 6)) return Queue;
  const { Queue: Queue6 } = await import('bullmq-6');
  // The methods that Drillbook uses (add, addBulk, pause, resume, remove, close) are the same in both.
  return Queue6 as unknown as QueueClass;
}

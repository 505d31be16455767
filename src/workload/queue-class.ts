import { Queue } from 'bullmq';

/** What jobs are added and queues are paused with. */
export type QueueClass = typeof Queue;

/**
 * The queue of the major version that the fleet itself runs on: what a pause does, and where jobs that come meanwhile are put, is decided by
 * whoever pauses and adds. BullMQ 5 holds them in a list of its own, 6 leaves them where they wait.
 * @param version of the fleet's BullMQ; 5 stands in for one that is older, or that nobody knows, and 6 for one that is younger
 */
export async function queueClassOf(version: string): Promise<QueueClass> {
  if (!(Number.parseInt(version, 10) >= 6)) return Queue;
  const { Queue: Queue6 } = await import('bullmq-6');
  // What is used of it (add, addBulk, pause, resume, remove, close) has not changed.
  return Queue6 as unknown as QueueClass;
}

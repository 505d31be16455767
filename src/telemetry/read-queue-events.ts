import type { Redis } from 'ioredis';

export interface Outcome {
  readonly queue: string;
  readonly kind: 'completed' | 'failed' | 'stalled' | 'removed';
  readonly id: string;
}

const kinds: ReadonlySet<string> = new Set(['completed', 'failed', 'stalled', 'removed'] satisfies Outcome['kind'][]);
type StreamReply = [key: string, entries: [id: string, fields: string[]][]][] | null;

/**
 * Reads the new entries of the queues' event streams (`<prefix>:<queue>:events`) at each call, for all queues in one
 * XREAD. BullMQ writes `failed` only when a job has no attempts left.
 */
export function createEventReader(
  redis: Redis,
  prefix: string,
  queues: readonly string[],
): () => Promise<readonly Outcome[]> {
  const cursors = new Map(queues.map((name) => [`${prefix}:${name}:events`, '0-0']));
  return async () => {
    const keys = [...cursors.keys()];
    const outcomes: Outcome[] = [];
    const reply = (await redis.call('XREAD', 'COUNT', '2000', 'STREAMS', ...keys, ...cursors.values())) as StreamReply;
    for (const [key, entries] of reply ?? []) {
      const queue = key.slice(prefix.length + 1, -':events'.length);
      for (const [id, fields] of entries) {
        cursors.set(key, id);
        const named = pairs(fields);
        const kind = named.get('event') ?? '';
        const jobId = named.get('jobId');
        if (kinds.has(kind) && jobId !== undefined) outcomes.push({ queue, kind: kind as Outcome['kind'], id: jobId });
      }
    }
    return outcomes;
  };
}

function pairs(fields: readonly string[]): ReadonlyMap<string, string> {
  const named = new Map<string, string>();
  for (let index = 0; index + 1 < fields.length; index += 2) named.set(fields[index] ?? '', fields[index + 1] ?? '');
  return named;
}

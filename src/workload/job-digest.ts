import { createHash } from 'node:crypto';
import type { JobsOptions } from 'bullmq';

/**
 * A fingerprint of a job: two digests of 16 hex digits each, with a dot between them. A worker gets the same ones from
 * the job that it received, unless the job was changed (docs/configuration.md, "The effects sink").
 *
 * 1. of `[name, payload, attempts]` as JSON. BullMQ keeps 0 attempts if the job states no number.
 * 2. of `[priority, back-off, removeOnComplete, removeOnFail]` as JSON, each object as a sorted list of its fields
 */
export function jobDigest(name: string, payload: unknown = {}, options: JobsOptions = {}): string {
  const { attempts = 0, priority = 0, backoff = null, removeOnComplete = null, removeOnFail = null } = options;
  const plan = typeof backoff === 'number' ? { type: 'fixed', delay: backoff } : backoff;
  return `${digest([name, payload, attempts])}.${digest([priority, plan, removeOnComplete, removeOnFail].map(inOrder))}`;
}

function digest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);
}

/** An object as the list of its fields by name: Redis does not keep their order. */
function inOrder(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
}

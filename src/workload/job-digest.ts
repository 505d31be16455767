import { createHash } from 'node:crypto';

/**
 * What a job is about, in 16 hex digits: the beginning of the SHA-256 of `[name, payload, attempts]` as JSON. A worker that computes it
 * of the job that it got comes to the same, unless somebody changed the job (docs/configuration.md, "The effects sink").
 * @param attempts how often it may be tried; 0, as BullMQ keeps it, where nothing was said
 */
export function jobDigest(name: string, payload: unknown = {}, attempts = 0): string {
  return createHash('sha256')
    .update(JSON.stringify([name, payload, attempts]))
    .digest('hex')
    .slice(0, 16);
}

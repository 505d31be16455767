import { createHash } from 'node:crypto';

/**
 * A fingerprint of a job in 16 hex digits: the beginning of the SHA-256 of `[name, payload, attempts]` as JSON. A
 * worker gets the same one from the job that it received, unless the job was changed (docs/configuration.md, "The
 * effects sink").
 * @param attempts how often the job may be tried. BullMQ keeps 0 if the job states no number.
 */
export function jobDigest(name: string, payload: unknown = {}, attempts = 0): string {
  return createHash('sha256')
    .update(JSON.stringify([name, payload, attempts]))
    .digest('hex')
    .slice(0, 16);
}

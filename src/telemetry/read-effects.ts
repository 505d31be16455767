import { z } from 'zod';

import type { Effects } from '../history/events.ts';

const page = z.object({
  effects: z.array(z.tuple([z.string(), z.number()], z.string())),
  next: z.number().nullable(),
});

/**
 * Asks the sink, page by page over the control port, how often each job's effect arrived.
 * @param digestOf the digest of a job as it was added. A job or an effect without a digest is not compared.
 * @throws Error if the sink refuses
 */
export async function readEffects(
  control: { readonly url: string; readonly token: string },
  signal: AbortSignal,
  digestOf: (id: string) => string | undefined = () => undefined,
): Promise<Effects> {
  const once: string[] = [];
  const more: [string, number][] = [];
  const altered: string[] = [];
  for (let since: number | null = 0; since !== null;) {
    const response = await fetch(`${control.url}/control/effects?since=${since}`, {
      headers: { authorization: `Bearer ${control.token}` },
      signal,
    });
    if (!response.ok) throw new Error(`the effects sink answered ${response.status}`);
    const { effects, next } = page.parse(await response.json());
    for (const [id, times, ...digests] of effects) {
      if (times === 1) once.push(id);
      else more.push([id, times]);
      const added = digestOf(id);
      if (added !== undefined && digests.some((digest) => !agree(digest, added))) altered.push(id);
    }
    since = next;
  }
  const acceptedAgain = await readAcceptedAgain(control, signal);
  return { type: 'effects', complete: true, once, more, altered, ...(acceptedAgain ? { acceptedAgain } : {}) };
}

/** A sink that does not know the route says nothing about calls. */
async function readAcceptedAgain(
  control: { readonly url: string; readonly token: string },
  signal: AbortSignal,
): Promise<readonly string[] | undefined> {
  const response = await fetch(`${control.url}/control/accepted-again`, {
    headers: { authorization: `Bearer ${control.token}` },
    signal,
  });
  if (response.status === 404) return undefined;
  if (!response.ok) throw new Error(`the effects sink answered ${response.status}`);
  return z.object({ jobs: z.array(z.string()) }).parse(await response.json()).jobs;
}

/** A worker that sends no digest of the options, after the dot, is not asked for it. */
function agree(seen: string, added: string): boolean {
  return seen === (seen.includes('.') ? added : added.split('.')[0]);
}

/** Resets the counters of the external APIs and of the sink. */
export async function resetEffects(
  control: { readonly url: string; readonly token: string },
  signal: AbortSignal,
): Promise<void> {
  const response = await fetch(`${control.url}/control/reset`, {
    method: 'POST',
    headers: { authorization: `Bearer ${control.token}` },
    signal,
  });
  if (!response.ok) throw new Error(`the effects sink answered ${response.status} to a reset`);
}

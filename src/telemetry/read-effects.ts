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
      if (added !== undefined && digests.some((digest) => digest !== added)) altered.push(id);
    }
    since = next;
  }
  return { type: 'effects', complete: true, once, more, altered };
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

import { z } from 'zod';

import type { Effects } from '../history/events.ts';

const page = z.object({ effects: z.array(z.tuple([z.string(), z.number()])), next: z.number().nullable() });

/** How often each job's effect arrived at the sink, asked page by page over the control port. */
export async function readEffects(
  control: { readonly url: string; readonly token: string },
  signal: AbortSignal,
): Promise<Effects> {
  const once: string[] = [];
  const more: [string, number][] = [];
  for (let since: number | null = 0; since !== null;) {
    const response = await fetch(`${control.url}/control/effects?since=${since}`, {
      headers: { authorization: `Bearer ${control.token}` },
      signal,
    });
    if (!response.ok) throw new Error(`the effects sink answered ${response.status}`);
    const { effects, next } = page.parse(await response.json());
    for (const [id, times] of effects) {
      if (times === 1) once.push(id);
      else more.push([id, times]);
    }
    since = next;
  }
  return { type: 'effects', complete: true, once, more };
}

/** Makes the external APIs and the sink forget what they counted. */
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

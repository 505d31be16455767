import { z } from 'zod';

import type { Fault, FaultTarget } from './fault.ts';
import { prove } from './prove.ts';

const counters = z.object({ apis: z.record(z.string(), z.object({ stormed: z.number() })) });

/** Real ms in which the control port must answer. */
const answerWithinMs = 5000;

/** Each API refuses calls with 429 and Retry-After, and counts the calls that it refused. */
export const rateLimitStorm: Fault<'rate-limit-storm', 'control'> = {
  summarise: ({ apis, quiet }) => `429 from ${apis.join(', ')} until no call came for ${quiet / 1000} s`,
  async inject({ apis, quiet }, target, signal) {
    const set = async (mode: Readonly<Record<string, unknown>>): Promise<void> => {
      await ask(target, '/control/faults', Object.fromEntries(apis.map((api) => [api, mode])));
    };
    const refused = async (): Promise<readonly number[]> => {
      const counted = counters.parse(await ask(target, '/control/counters'));
      return apis.map((api) => counted.apis[api]?.stormed ?? 0);
    };
    const before = await refused();
    await set({ mode: '429-storm', quietMs: quiet });
    return prove(
      `a call refused by ${apis.join(' and by ')}`,
      async () => {
        const now = await refused();
        const since = now.map((count, index) => count - (before[index] ?? 0));
        return since.every((count) => count > 0)
          ? `calls answered with 429: ${apis.map((api, index) => `${since[index]} by ${api}`).join(', ')}`
          : undefined;
      },
      () => set({ mode: 'ok' }),
      signal,
      60_000,
    );
  },
};

async function ask({ control }: Pick<FaultTarget, 'control'>, path: string, body?: unknown): Promise<unknown> {
  const response = await fetch(control.url + path, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${control.token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(answerWithinMs),
  });
  if (!response.ok) throw new Error(`the control port answered ${response.status}: ${await response.text()}`);
  return response.json();
}

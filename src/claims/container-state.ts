import { z } from 'zod';

import { defineClaim } from './claim.ts';

/** A container of the service is in one of these states, in any mix of upper and lower case. */
export const containerState = defineClaim({
  name: 'container-state',
  spec: z.strictObject({
    claim: z.literal('container-state'),
    service: z.string().min(1),
    anyOf: z.array(z.string()).min(1),
  }),
  recorded: z.object({ service: z.string(), anyOf: z.array(z.string()) }),
  momentary: true,
  bind: ({ service, anyOf }, names) => ({ service: names.service(service), anyOf }),
  text: ({ service, anyOf }) => `${service} is ${anyOf.join(' or ')}`,
  holds({ service, anyOf }, moments) {
    const containers = moments.at(-1)?.containers.filter((container) => container.service === service) ?? [];
    if (containers.length === 0) return undefined;
    const wanted = new Set(anyOf.map((state) => state.toLowerCase()));
    return containers.some(({ state }) => wanted.has(state.toLowerCase()));
  },
});

import type { Fault } from './fault.ts';
import { injectProxyFault, type ProxyNeeds } from './proxy-fault.ts';

const streams = ['upstream', 'downstream'] as const;
const nameOf = (stream: string): string => `drillbook-silent-${stream}`;
/** Longer than any run, real ms. */
const forEver = 24 * 3_600_000;
/** How long a client waits in vain, sandbox ms. */
const patienceMs = 3000;

/**
 * A cut network: connections stay open, and data arrives only once the network is back, as with TCP. Toxiproxy's own
 * `timeout` would drop data, so that clients would take answer n + 1 for answer n.
 */
export const proxySilent: Fault<'proxy-silent', ProxyNeeds> = {
  summarise: ({ proxy }) => `${proxy} is cut off: connections stay open, nothing comes through`,
  inject: ({ proxy }, target, signal) =>
    injectProxyFault(
      {
        proxy,
        async break(toxiproxy) {
          for (const stream of streams)
            await toxiproxy.addToxic(proxy, {
              name: nameOf(stream),
              type: 'latency',
              stream,
              attributes: { latency: forEver, jitter: 0 },
            });
        },
        async mend(toxiproxy) {
          for (const stream of streams) await toxiproxy.removeToxic(proxy, nameOf(stream));
        },
        evidence: ({ end, ms }) => (end === 'silence' ? `heard nothing for ${ms} ms of sandbox time` : undefined),
        patienceMs,
      },
      target,
      signal,
    ),
};

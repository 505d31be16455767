import type { Fault } from './fault.ts';
import { injectProxyFault, type ProxyNeeds } from './proxy-fault.ts';

const name = 'drillbook-slow';

/** Every answer arrives late. Toxiproxy runs on real time, so the latency is converted here. */
export const proxySlow: Fault<'proxy-slow', ProxyNeeds> = {
  summarise: ({ proxy, latency }) => `${proxy} answers ${latency / 1000} s late`,
  inject: ({ proxy, latency }, target, signal) =>
    injectProxyFault(
      {
        proxy,
        break: (toxiproxy) =>
          toxiproxy.addToxic(proxy, {
            name,
            type: 'latency',
            stream: 'downstream',
            attributes: { latency: Math.round(target.sandbox.clock.toRealMs(latency)), jitter: 0 },
          }),
        mend: (toxiproxy) => toxiproxy.removeToxic(proxy, name),
        evidence: ({ end, ms }) =>
          end === 'answered' && ms >= latency * 0.9 ? `had its answer after ${ms} ms of sandbox time` : undefined,
        patienceMs: latency * 3 + 5000,
      },
      target,
      signal,
    ),
};

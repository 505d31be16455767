import type { Fault } from './fault.ts';
import { injectProxyFault } from './proxy-fault.ts';

/** Nothing listens where the fleet connects to, and what was connected is cut off. */
export const proxyDown: Fault<'proxy-down'> = {
  breaksProxy: true,
  summarise: ({ proxy }) => `${proxy} is down: nothing listens`,
  inject: ({ proxy }, target, signal) =>
    injectProxyFault(
      {
        proxy,
        break: (toxiproxy) => toxiproxy.setEnabled(proxy, false),
        mend: (toxiproxy) => toxiproxy.setEnabled(proxy, true),
        evidence: ({ end }) => (end === 'ECONNREFUSED' ? 'was refused (ECONNREFUSED)' : undefined),
        patienceMs: 5000,
      },
      target,
      signal,
    ),
};

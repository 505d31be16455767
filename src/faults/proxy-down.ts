import type { Fault } from './fault.ts';
import { injectProxyFault, type ProxyNeeds } from './proxy-fault.ts';

/** The proxy stops listening, and its open connections are closed. */
export const proxyDown: Fault<'proxy-down', ProxyNeeds> = {
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

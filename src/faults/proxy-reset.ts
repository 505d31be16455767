import type { Fault } from './fault.ts';
import { injectProxyFault, type ProxyNeeds } from './proxy-fault.ts';

const name = 'drillbook-reset';

/**
 * Each new connection is reset (TCP RST) `timeout` after its client first sends something, which never reaches the
 * server. Toxiproxy closes connections that were already open in the orderly way. It runs on real time, so `timeout`
 * is converted.
 */
export const proxyReset: Fault<'proxy-reset', ProxyNeeds> = {
  summarise: ({ proxy, timeout }) => `${proxy} resets each connection after ${timeout / 1000} s`,
  inject: ({ proxy, timeout }, target, signal) =>
    injectProxyFault(
      {
        proxy,
        break: (toxiproxy) =>
          toxiproxy.addToxic(proxy, {
            name,
            type: 'reset_peer',
            stream: 'upstream',
            attributes: { timeout: Math.round(target.sandbox.clock.toRealMs(timeout)) },
          }),
        mend: (toxiproxy) => toxiproxy.removeToxic(proxy, name),
        evidence: ({ end, bytes, ms }) =>
          end === 'ECONNRESET' && bytes === 0 && ms >= timeout * 0.9
            ? `was reset (ECONNRESET) after ${ms} ms of sandbox time`
            : undefined,
        patienceMs: timeout * 3 + 5000,
      },
      target,
      signal,
    ),
};

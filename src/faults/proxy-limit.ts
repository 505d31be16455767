import type { Fault } from './fault.ts';
import { injectProxyFault, type ProxyNeeds } from './proxy-fault.ts';

const name = 'drillbook-limit';
/** How much more than the limit the client asks for. */
const furtherBytes = 1000;

/** Each connection is closed once it has carried `bytes` of answers, in the middle of an answer if need be. */
export const proxyLimit: Fault<'proxy-limit', ProxyNeeds> = {
  summarise: ({ proxy, bytes }) => `${proxy} closes each connection after ${bytes} bytes`,
  inject: ({ proxy, bytes: limit }, target, signal) =>
    injectProxyFault(
      {
        proxy,
        break: (toxiproxy) =>
          toxiproxy.addToxic(proxy, { name, type: 'limit_data', stream: 'downstream', attributes: { bytes: limit } }),
        mend: (toxiproxy) => toxiproxy.removeToxic(proxy, name),
        answerBytes: limit + furtherBytes,
        // A close with unread questions left resets the connection, and the reset may overtake the last bytes.
        evidence: ({ end, bytes }, before) =>
          before?.end === 'answered' && ['closed', 'ECONNRESET'].includes(end) && bytes > 0 && bytes <= limit
            ? `was cut off (${end}) after ${bytes} of ${limit + furtherBytes} bytes, which it had received before the fault,`
            : undefined,
        patienceMs: 30_000,
      },
      target,
      signal,
    ),
};

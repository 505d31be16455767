import type { Fault } from './fault.ts';
import { injectProxyFault, type ProxyNeeds } from './proxy-fault.ts';

const streams = ['upstream', 'downstream'] as const;
const nameOf = (stream: string): string => `drillbook-bandwidth-${stream}`;
/** Toxiproxy counts 1000 bytes as a kilobyte. */
const kilobyte = 1000;
/** How long the measured transfer is to take, real ms: long beside the time that a client needs without the fault. */
const transferMs = 1000;
/** No transfer is longer: a faster link cannot be told from an unlimited one. */
const mostBytes = 4_000_000;

/** Each direction of each connection carries at most `rate` KB a sandbox second. Toxiproxy wants KB a real second. */
export const proxyBandwidth: Fault<'proxy-bandwidth', ProxyNeeds> = {
  summarise: ({ proxy, rate }) => `${proxy} carries ${rate} KB/s`,
  inject({ proxy, rate }, target, signal) {
    const { clock } = target.sandbox;
    const realRate = Math.round((rate * clock.toSandboxMs(1000)) / 1000);
    const answerBytes = Math.min(mostBytes, (realRate * kilobyte * transferMs) / 1000);
    const leastMs = (answerBytes / (rate * kilobyte)) * 1000;
    return injectProxyFault(
      {
        proxy,
        async break(toxiproxy) {
          for (const stream of streams)
            await toxiproxy.addToxic(proxy, {
              name: nameOf(stream),
              type: 'bandwidth',
              stream,
              attributes: { rate: realRate },
            });
        },
        async mend(toxiproxy) {
          for (const stream of streams) await toxiproxy.removeToxic(proxy, nameOf(stream));
        },
        answerBytes,
        // As long as the rate demands, and twice as long as before: a link that was as slow already proves nothing.
        evidence: ({ end, bytes, ms }, before) =>
          end === 'answered' && before?.end === 'answered' && ms >= leastMs * 0.9 && ms >= before.ms * 2
            ? `received ${bytes} bytes in ${ms} ms of sandbox time, ${before.ms} ms before the fault,`
            : undefined,
        patienceMs: leastMs * 4 + 5000,
      },
      target,
      signal,
    );
  },
};

import type { FaultSpec } from '../scenario/define-scenario.ts';
import { backlog } from './backlog.ts';
import { containerFrozen } from './container-frozen.ts';
import { containerKilled } from './container-killed.ts';
import { crashLoop } from './crash-loop.ts';
import { delayedJobs } from './delayed-jobs.ts';
import type { Fault, FaultTarget, InjectedFault } from './fault.ts';
import { memoryExhausted } from './memory-exhausted.ts';
import { poisonJobs } from './poison-jobs.ts';
import { proxyBandwidth } from './proxy-bandwidth.ts';
import { proxyDown } from './proxy-down.ts';
import { proxyLimit } from './proxy-limit.ts';
import { proxyReset } from './proxy-reset.ts';
import { proxySilent } from './proxy-silent.ts';
import { proxySlow } from './proxy-slow.ts';
import { queuesPaused } from './queues-paused.ts';
import { rateLimitStorm } from './rate-limit-storm.ts';
import { redisAofStale } from './redis-aof-stale.ts';
import { redisMemoryFull } from './redis-memory-full.ts';
import { stuckJobs } from './stuck-jobs.ts';

/** All faults. A new one needs a file of its own, a line here and its spec in `define-scenario.ts`. */
const faults: { readonly [Kind in FaultSpec['kind']]: Fault<Kind> } = {
  backlog,
  'container-frozen': containerFrozen,
  'container-killed': containerKilled,
  'crash-loop': crashLoop,
  'delayed-jobs': delayedJobs,
  'memory-exhausted': memoryExhausted,
  'poison-jobs': poisonJobs,
  'proxy-bandwidth': proxyBandwidth,
  'proxy-down': proxyDown,
  'proxy-limit': proxyLimit,
  'proxy-reset': proxyReset,
  'proxy-silent': proxySilent,
  'proxy-slow': proxySlow,
  'queues-paused': queuesPaused,
  'rate-limit-storm': rateLimitStorm,
  'redis-aof-stale': redisAofStale,
  'redis-memory-full': redisMemoryFull,
  'stuck-jobs': stuckJobs,
};

export function summariseFault(spec: FaultSpec): string {
  return (faults[spec.kind] as Fault).summarise(spec);
}

/** Whether the fault breaks one of Toxiproxy's proxies, so that the fleet must go through them. */
export function breaksProxy(spec: FaultSpec | undefined): boolean {
  return spec !== undefined && 'proxy' in spec;
}

export function injectFault(spec: FaultSpec, target: FaultTarget, signal: AbortSignal): Promise<InjectedFault> {
  return (faults[spec.kind] as Fault).inject(spec, target, signal);
}

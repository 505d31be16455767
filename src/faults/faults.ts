import type { FaultSpec } from '../scenario/define-scenario.ts';
import { containerKilled } from './container-killed.ts';
import { crashLoop } from './crash-loop.ts';
import type { Fault, FaultTarget, InjectedFault } from './fault.ts';
import { queuesPaused } from './queues-paused.ts';

/** Every fault there is. A new one is a file of its own, a line here and its spec in `define-scenario.ts`. */
const faults: { readonly [Kind in FaultSpec['kind']]: Fault<Kind> } = {
  'container-killed': containerKilled,
  'crash-loop': crashLoop,
  'queues-paused': queuesPaused,
};

export function summariseFault(spec: FaultSpec): string {
  return (faults[spec.kind] as Fault).summarise(spec);
}

export function injectFault(spec: FaultSpec, target: FaultTarget, signal: AbortSignal): Promise<InjectedFault> {
  return (faults[spec.kind] as Fault).inject(spec, target, signal);
}

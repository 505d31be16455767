import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { runInNewContext } from 'node:vm';
import { parentPort, workerData } from 'node:worker_threads';

import { asyncProperty, check, defaultReportMessage, type Arbitrary } from 'fast-check';

import { monotonicMs } from '../clock.ts';

/** The inputs, and a check that throws for a bad one. `scratch` is the folder for its files. */
export interface FuzzTarget<T> {
  readonly inputs: Arbitrary<T>;
  check(input: T, scratch: string): Promise<void> | void;
}

export interface FuzzOrder {
  readonly target: string;
  readonly name: string;
  readonly runs: number;
  readonly seed: number;
  /** Number of inputs that were started. */
  readonly progress: Int32Array;
  readonly scratch: string;
}

export type FuzzMessage =
  { readonly failure: string } | { readonly runs: number; readonly grewBytes: number; readonly slowestMs: number };

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const order = workerData as FuzzOrder;
const module = (await import(order.target)) as { readonly targets: Readonly<Record<string, FuzzTarget<unknown>>> };
const target = module.targets[order.name];
if (!target) throw new Error(`${order.target} has no target ${order.name}`);
parentPort?.postMessage(await run(target), []);

async function run(fed: FuzzTarget<unknown>): Promise<FuzzMessage> {
  let [begun, slowestMs, halfBytes] = [0, 0, 0];
  const property = asyncProperty(fed.inputs, async (input) => {
    begun += 1;
    Atomics.add(order.progress, 0, 1);
    if (begun === Math.ceil(order.runs / 2)) halfBytes = await liveBytes();
    const started = monotonicMs();
    await fed.check(input, order.scratch);
    slowestMs = Math.max(slowestMs, monotonicMs() - started);
  });
  const outcome = await check(property, { numRuns: order.runs, seed: order.seed, includeErrorInReport: true });
  if (outcome.failed) return { failure: defaultReportMessage(outcome) ?? 'it failed' };
  return { runs: outcome.numRuns, grewBytes: (await liveBytes()) - halfBytes, slowestMs };
}

/**
 * Live bytes, including memory outside the heap, such as that of a WebAssembly module. Some garbage is freed only in a
 * later turn of the event loop, so the minimum of several rounds counts.
 */
async function liveBytes(): Promise<number> {
  let least = Infinity;
  for (let round = 0; round < 6; round += 1) {
    collectGarbage();
    await nextTurn();
    const { used_heap_size: heap, external_memory: external } = getHeapStatistics();
    least = Math.min(least, heap + external);
  }
  return least;
}

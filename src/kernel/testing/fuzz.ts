import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';

import { monotonicMs } from '../clock.ts';
import { waitOut } from '../poll-until.ts';
import type { FuzzMessage, FuzzOrder } from './fuzz-worker.ts';

export interface FuzzResult {
  readonly runs: number;
  /** Growth of live memory from the middle of the runs to their end, bytes. */
  readonly grewBytes: number;
  readonly slowestMs: number;
}

/** Longest time for one input. Inputs need less than a hundredth of it, but a shared machine can be slow. */
const patienceMs = 30_000;

/**
 * Runs a target with generated inputs in a separate thread, so that an input that never returns can be reported and its
 * thread ended.
 * @param target a module of a `testing` folder whose `targets` has a FuzzTarget of that name
 * @throws the failure, with the seed that reproduces it
 */
export async function fuzz(
  target: URL,
  name: string,
  options: { readonly runs: number; readonly seed: number; readonly hangMs?: number },
): Promise<FuzzResult> {
  const progress = new Int32Array(new SharedArrayBuffer(4));
  const scratch = await mkdtemp(path.join(tmpdir(), 'drillbook-fuzz-'));
  const order: FuzzOrder = { target: target.href, name, progress, scratch, ...options };
  const worker = new Worker(new URL('fuzz-worker.ts', import.meta.url), {
    workerData: order,
    resourceLimits: { maxOldGenerationSizeMb: 512 },
  });
  const watch = new AbortController();
  try {
    return await Promise.race([
      resultOf(worker),
      failOnHang(progress, options.seed, options.hangMs ?? patienceMs, watch.signal),
    ]);
  } finally {
    watch.abort();
    await worker.terminate();
    // The thread cannot do this: a terminated thread runs no more code.
    await rm(scratch, { recursive: true });
  }
}

function resultOf(worker: Worker): Promise<FuzzResult> {
  const { promise, resolve, reject } = Promise.withResolvers<FuzzResult>();
  worker.on('message', (message: FuzzMessage) => {
    if ('failure' in message) reject(new Error(message.failure));
    else resolve(message);
  });
  worker.on('error', reject);
  worker.on('exit', (code) => reject(new Error(`the thread ended with ${code} and without a result`)));
  return promise;
}

async function failOnHang(progress: Int32Array, seed: number, hangMs: number, signal: AbortSignal): Promise<never> {
  let seen = -1;
  let since = monotonicMs();
  for (;;) {
    await waitOut(200, signal);
    const now = Atomics.load(progress, 0);
    if (now !== seen) [seen, since] = [now, monotonicMs()];
    else if (monotonicMs() - since > hangMs) throw new Error(`input ${seen} of seed ${seed} hangs`);
  }
}

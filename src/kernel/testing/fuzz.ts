import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';

import { monotonicMs } from '../clock.ts';
import { waitOut } from '../poll-until.ts';
import type { FuzzMessage, FuzzOrder } from './fuzz-worker.ts';

export interface FuzzResult {
  readonly runs: number;
  /** Live heap after garbage collection, between the first half of the runs and the second, in bytes. */
  readonly grewBytes: number;
  readonly slowestMs: number;
}

/** Nothing takes a hundredth of it; a machine that is shared by others may still be slow. */
const patienceMs = 30_000;

/**
 * Feeds generated inputs to a target in a thread of its own, so that one which never returns is noticed and ended: its
 * thread stands still and ours does not. Throws what was broken, with the seed that shows it again.
 * @param target a module of a `testing` folder whose `targets` has a FuzzTarget of that name
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
    // Not left to the thread: one that is ended runs nothing more.
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

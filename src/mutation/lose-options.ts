import { isQueue } from './find-cures.ts';
import type { Change, Program, ReadBlock } from './read-block.ts';

/** What a job can lose when it is added again. */
const lost: readonly (readonly string[])[] = [['attempts'], ['backoff'], ['removeOnComplete', 'removeOnFail']];

/**
 * A job is added again without some of its options: attempts, back-off or retention. A retry becomes a removal and a
 * further job, as long as the program says in which queue.
 */
export function* loseOptions({ programs }: ReadBlock): Generator<Change> {
  for (const program of programs) {
    yield* addInsteadOfRetry(program);
    yield* addWithout(program);
  }
}

function* addInsteadOfRetry(program: Program): Generator<Change> {
  const { masked, start } = program;
  const [, queue] = [...masked.matchAll(/\b(\w+) = new Queue\(/g)].at(-1) ?? [];
  if (queue === undefined || !isQueue(queue, program)) return;
  for (const { 0: call, 1: job = '', index } of masked.matchAll(/\b(\w+)\.retry\([^()]*\)/g)) {
    const at = start + index;
    for (const names of lost) {
      const options = `{ ...${job}.opts, jobId: ${job}.id, ${without(names)} }`;
      const text = `${job}.remove().then(() => ${queue}.add(${job}.name, ${job}.data, ${options}))`;
      yield { start: at, end: at + call.length, text };
    }
  }
}

/** Options that a program passes on (`job.opts`). */
function* addWithout({ masked, start }: Program): Generator<Change> {
  for (const { 0: lead, index } of masked.matchAll(/\.(?:add|addBulk)\([^;\n]*?(?=\b\w+\.opts\b(?!\.))/g)) {
    const from = index + lead.length;
    const [options = ''] = /^\w+\.opts/.exec(masked.slice(from)) ?? [];
    for (const names of lost) {
      const text = `({ ...${options}, ${without(names)} })`;
      yield { start: start + from, end: start + from + options.length, text };
    }
  }
}

function without(names: readonly string[]): string {
  return names.map((name) => `${name}: undefined`).join(', ');
}

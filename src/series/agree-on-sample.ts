import { InputError } from '../kernel/errors.ts';
import type { Sample } from '../mutation/sample-mutants.ts';

/**
 * The sample of a series that may continue an earlier one. A larger sample with the same seed holds the smaller one.
 * @param earlier the record to continue
 * @throws InputError `RECORD_OTHER_SAMPLE` if the two draws would mix
 */
export function agreeOnSample(
  asked: Sample | undefined,
  earlier: { readonly sample?: Sample | undefined } | undefined,
  file: string,
): Sample | undefined {
  if (!earlier || !asked) return asked ?? earlier?.sample;
  const { sample } = earlier;
  if (!sample) throw otherSample('that run took all mutants, not a sample', 'leave out --sample, or --resume', file);
  if (sample.seed !== asked.seed) {
    const next = `leave out --sample and --seed, or use --seed ${sample.seed}`;
    throw otherSample(`that run drew its sample with seed ${sample.seed}, not ${asked.seed}`, next, file);
  }
  return { seed: sample.seed, size: Math.max(sample.size, asked.size) };
}

function otherSample(message: string, next: string, file: string): InputError {
  return new InputError(message, { code: 'RECORD_OTHER_SAMPLE', location: { file, line: 1 }, next });
}

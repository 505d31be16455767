// Deep suites have more cases than CI has time for. CI runs a sample of each, `npm run test:deep` runs them all.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';

import { projectDir } from './run-drillbook.ts';

const leastShare = 0.1;
const leastCases = 3;

/** All cases run: `npm run test:deep` sets it. */
export const isDeep = process.env['DRILLBOOK_DEEP'] === '1';

/** Whether the tests of a deep suite that are no cases of it run now: in CI, and once in `test:deep`. */
export const isFirstPart = (process.env['DRILLBOOK_PART'] ?? '1/1').startsWith('1/');

/**
 * The cases of a suite that run now. In CI: at least a tenth and at least three, drawn by the commit id, so that other
 * commits draw other cases; the draw is printed. In `test:deep`: all, or the part that DRILLBOOK_PART names ("2/5").
 * DRILLBOOK_SAMPLE_SEED repeats the draw of another commit.
 */
export function sample<T>(suite: string, cases: readonly T[], nameOf: (one: T) => string): readonly T[] {
  if (isDeep) return partOf(cases, process.env['DRILLBOOK_PART']);
  const seed = process.env['DRILLBOOK_SAMPLE_SEED'] ?? commitId();
  const drawn = draw(cases, Math.max(leastCases, Math.ceil(cases.length * leastShare)), seed, nameOf);
  process.stdout.write(
    `sample of ${suite}: ${drawn.length} of ${cases.length} cases, DRILLBOOK_SAMPLE_SEED=${seed}: ${drawn.map(nameOf).join('; ')}\n`,
  );
  return drawn;
}

/**
 * For suites whose cases are tests of their own: says whether the test of this name runs now.
 * @param names of all tests of the suite
 */
export function sampleTests<Name extends string>(suite: string, names: readonly Name[]): (name: Name) => boolean {
  const drawn = sample(suite, names, (name) => name);
  return (name) => drawn.includes(name);
}

/** The same seed draws the same cases, whatever their order; they keep the suite's order. */
export function draw<T>(cases: readonly T[], count: number, seed: string, nameOf: (one: T) => string): readonly T[] {
  const rankOf = (one: T): string =>
    createHash('sha256')
      .update(`${seed} ${nameOf(one)}`)
      .digest('hex');
  const chosen = new Set(
    cases
      .map((one) => ({ one, rank: rankOf(one) }))
      .toSorted((a, b) => (a.rank < b.rank ? -1 : 1))
      .slice(0, count)
      .map(({ one }) => one),
  );
  return cases.filter((one) => chosen.has(one));
}

/** Part "2/5" is the second of five consecutive parts. */
export function partOf<T>(cases: readonly T[], part: string | undefined): readonly T[] {
  if (part === undefined) return cases;
  const [, number, of] = /^(\d+)\/(\d+)$/.exec(part) ?? [];
  const [index, parts] = [Number(number) - 1, Number(of)];
  if (!(index >= 0 && index < parts)) throw new Error(`DRILLBOOK_PART is ${part}; expected a part such as 2/5`);
  return cases.slice(Math.floor((index * cases.length) / parts), Math.floor(((index + 1) * cases.length) / parts));
}

function commitId(): string {
  return execFileSync('git', ['rev-parse', 'HEAD'], { cwd: projectDir, encoding: 'utf8' }).trim();
}

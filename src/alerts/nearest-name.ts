/**
 * How alike two names are, from 0 to 1: the larger of two measures.
 *
 * - Words: names are split at `_`, `:`, `-`, `.` and capitals. The measure is twice the weight of the words they share,
 *   divided by the weight of the words of both (Dice). Words that say little (`total`, `count`, units) weigh half.
 *   Words with one typing error in four letters count as shared, a little less.
 * - Letters: 1 minus the edit distance divided by the length of the longer name.
 *
 * So `bullmq_failed_total` is nearest to `bullmq_job_failed_total`, although many names have fewer other letters.
 */
const faint = new Set(
  'total count sum bucket info current number num size seconds milliseconds ms bytes ratio jobs job created'.split(' '),
);

/** Names less alike than this are no help. */
const leastLikeness = 0.4;

interface Candidate {
  /** What is shown: a metric, perhaps with one label, or the value of a label. */
  readonly text: string;
  readonly words: readonly string[];
}

/** @param words the words of a shown text that count; all of them unless given */
export function candidate(text: string, words: readonly string[] = wordsOf(text)): Candidate {
  return { text, words };
}

/** At most two texts, the nearest first. Of equal ones, the first stays first. */
export function nearestNames(name: string, candidates: readonly Candidate[], words = wordsOf(name)): readonly string[] {
  return candidates
    .map(({ text, words: theirs }) => ({ text, likeness: Math.max(shareOf(words, theirs), lettersAlike(name, text)) }))
    .filter(({ likeness }) => likeness >= leastLikeness)
    .toSorted((one, other) => other.likeness - one.likeness)
    .slice(0, 2)
    .map(({ text }) => text);
}

export function wordsOf(name: string): readonly string[] {
  return name
    .replaceAll(/([a-z\d])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z\d]+/)
    .filter((word) => word !== '');
}

function shareOf(ours: readonly string[], theirs: readonly string[]): number {
  const left = [...theirs];
  let shared = 0;
  for (const word of ours) {
    const likeness = left.map((other) => wordLikeness(word, other));
    const best = Math.max(0, ...likeness);
    if (best === 0) continue;
    left.splice(likeness.indexOf(best), 1);
    shared += best * weightOf(word);
  }
  const all = [...ours, ...theirs].reduce((sum, word) => sum + weightOf(word), 0);
  return all === 0 ? 0 : (2 * shared) / all;
}

function weightOf(word: string): number {
  return faint.has(word) ? 0.5 : 1;
}

/** 0 for words that only happen to share letters. */
function wordLikeness(one: string, other: string): number {
  const likeness = lettersAlike(one, other);
  return likeness >= 0.75 ? likeness : 0;
}

function lettersAlike(one: string, other: string): number {
  const longer = Math.max(one.length, other.length);
  return longer === 0 ? 1 : 1 - editDistance(one, other) / longer;
}

/** Insertions, deletions, replacements, and swaps of neighbours. */
function editDistance(one: string, other: string): number {
  let before: readonly number[] = [];
  let above = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let row = 1; row <= one.length; row += 1) {
    const now = [row];
    for (let column = 1; column <= other.length; column += 1) {
      const same = one.charAt(row - 1) === other.charAt(column - 1);
      const swapped =
        one.charAt(row - 1) === other.charAt(column - 2) && one.charAt(row - 2) === other.charAt(column - 1);
      now.push(
        Math.min(
          (above[column] ?? 0) + 1,
          (now[column - 1] ?? 0) + 1,
          (above[column - 1] ?? 0) + (same ? 0 : 1),
          swapped && row > 1 && column > 1 ? (before[column - 2] ?? 0) + 1 : Infinity,
        ),
      );
    }
    [before, above] = [above, now];
  }
  return above[other.length] ?? 0;
}

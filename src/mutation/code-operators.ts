import {
  callToo,
  cleanToo,
  limitConcurrencyToo,
  pauseForAWhile,
  promoteToo,
  restartToo,
  retryToo,
  setToo,
  waitFirst,
} from './add-side-effects.ts';
import { askAfterDeed } from './ask-after.ts';
import { dropTerm, hideLines, swapLabels } from './blur-diagnosis.ts';
import { scaleNumbers } from './change-numbers.ts';
import { cutGrace } from './cut-grace.ts';
import { hideSmallRows } from './hide-small-rows.ts';
import { ignoreArguments } from './ignore-arguments.ts';
import { acceptEmptyLine, acceptPartOfWord, acceptUnlessNo } from './loosen-confirmation.ts';
import { loseOptions } from './lose-options.ts';
import { narrowToFirst } from './narrow-scope.ts';
import type { FleetNames } from './mutant.ts';
import type { Change, ReadBlock } from './read-block.ts';
import { swapStatements } from './swap-statements.ts';
import { widenToEveryQueue, widenToEveryService } from './widen-scope.ts';

/** One mistake of a hurried colleague. A change that makes the block invalid is left out. */
export interface CodeOperator {
  readonly name: string;
  readonly mutate: (block: ReadBlock, fleet: FleetNames) => Iterable<Change>;
}

export const codeOperators: readonly CodeOperator[] = [
  { name: 'half', mutate: (block) => scaleNumbers(block, 0.5) },
  { name: 'double', mutate: (block) => scaleNumbers(block, 2) },
  { name: 'plus-10-percent', mutate: (block) => scaleNumbers(block, 1.1) },
  { name: 'minus-10-percent', mutate: (block) => scaleNumbers(block, 0.9) },
  { name: 'ignore-argument', mutate: ignoreArguments },
  { name: 'every-queue', mutate: widenToEveryQueue },
  { name: 'every-service', mutate: widenToEveryService },
  { name: 'first-only', mutate: narrowToFirst },
  { name: 'no-grace', mutate: cutGrace },
  { name: 'confirm-empty', mutate: acceptEmptyLine },
  { name: 'confirm-part', mutate: acceptPartOfWord },
  { name: 'confirm-unless-n', mutate: acceptUnlessNo },
  { name: 'ask-after', mutate: askAfterDeed },
  { name: 'extra-promote', mutate: (block) => callToo(block, promoteToo) },
  { name: 'extra-retry', mutate: (block) => callToo(block, retryToo) },
  { name: 'extra-clean', mutate: (block) => callToo(block, cleanToo) },
  { name: 'extra-pause', mutate: (block) => callToo(block, pauseForAWhile) },
  { name: 'extra-concurrency', mutate: (block) => callToo(block, limitConcurrencyToo) },
  { name: 'extra-setting', mutate: setToo },
  { name: 'extra-restart', mutate: restartToo },
  { name: 'extra-wait', mutate: waitFirst },
  { name: 'lose-options', mutate: loseOptions },
  { name: 'swap-statements', mutate: swapStatements },
  { name: 'swap-labels', mutate: swapLabels },
  { name: 'wrong-sum', mutate: dropTerm },
  { name: 'hide-line', mutate: hideLines },
  { name: 'hide-small', mutate: hideSmallRows },
];

import type { Program } from './read-block.ts';

/** Calls of a queue that change it or its jobs. */
export const changingCalls =
  'pause|resume|drain|clean|obliterate|retryJobs|promoteJobs|setGlobalConcurrency|removeGlobalConcurrency';

const cure = new RegExp(
  `\\.(?:${changingCalls}|remove|retry|promote|addBulk|del|flushall|flushdb)\\(|\\bqueue\\w*\\.add\\(`,
);

/** Whether a program changes queues or jobs. Others only look. */
export function isCure({ masked }: Program): boolean {
  return cure.test(masked);
}

/** Whether a program walks over all queues by itself. */
export function walksEveryQueue({ masked }: Program): boolean {
  return /\.(?:scan|keys)\(/.test(masked);
}

/** Whether a program opens a queue under this name. */
export function isQueue(name: string, { masked }: Program): boolean {
  return new RegExp(`\\b${RegExp.escape(name)} = new Queue\\(`).test(masked);
}

import { z } from 'zod';

import { claimSpec, momentaryClaimSpec } from '../claims/claims.ts';
import { queueSelector } from '../claims/queue-selector.ts';
import { queueStates } from '../history/events.ts';
import { duration } from '../config/duration-schema.ts';
import { excusingKeys } from '../runbook/runbook.ts';

const shown = z
  .strictObject({
    pattern: z.instanceof(RegExp, { error: 'expected a regular expression such as /PONG/' }),
    /** What the pattern shows the reader of the output. */
    means: z.string().min(1),
    /**
     * The pattern's first group captures a number. So many jobs of these queues, added up over these states, must have
     * been in Redis while the step ran.
     */
    counts: z
      .strictObject({ queues: queueSelector, states: z.array(z.enum(queueStates)).min(1).readonly() })
      .optional(),
  })
  .refine(({ pattern, counts }) => !counts || hasGroup(pattern), {
    path: ['pattern'],
    error: 'expected a group that captures the number of jobs, such as /backlog=(\\d+)/',
  });

function hasGroup({ source, flags }: RegExp): boolean {
  const groups = new RegExp(`${source}|`, flags).exec('');
  return groups !== null && groups.length > 1;
}

const answer = z.strictObject({
  /** Matches the prompt's text. */
  prompt: z.instanceof(RegExp, { error: 'expected a regular expression such as /PONG/' }),
  reply: z.string(),
});

/** One block of the runbook that a scenario runs, and what it must show and achieve. */
export const step = z.strictObject({
  /** The procedure's address in the runbook, e.g. `3.2 > Solution > bash[1]`. */
  run: z.string().min(1),
  /**
   * Patterns that its output must match.
   * @default []
   */
  shows: z.array(shown).default([]),
  /**
   * Values for `$1`, `$2` ...
   * @default []
   */
  args: z.array(z.string()).default([]),
  /**
   * Claims that must be seen to hold from outside after the step, before the next one begins.
   * @default []
   */
  achieves: z.array(claimSpec).default([]),
  /**
   * Claims that must hold at every moment from the step's start until the next one begins. After the last step: until
   * the load stops.
   * @default []
   */
  throughout: z.array(momentaryClaimSpec).default([]),
  /**
   * Values for `<placeholders>`, by name. One without a value is a finding.
   * @default {}
   */
  fill: z.record(z.string(), z.string()).default({}),
  /**
   * The exit code that the block is expected to end with. Absent: the runbook's annotation decides, if it counts.
   * @default 0
   */
  exits: z.int().min(0).max(255).optional(),
  /**
   * Replies to prompts. A prompt without a matching reply is a finding.
   * @default []
   */
  answers: z.array(answer).default([]),
  /**
   * Keys of the block's annotation in the runbook that count. A runbook cannot excuse itself.
   * @default []
   */
  annotations: z.array(z.enum(excusingKeys)).default([]),
  /**
   * The requests that the sandbox's wall is expected to refuse. Each must be refused, and no other may be.
   * @default []
   */
  refused: z.array(z.instanceof(RegExp, { error: 'expected a regular expression such as /pull/' })).default([]),
  /**
   * The block is cut off after this long.
   * @default '5m'
   */
  timeout: duration.default(300_000),
});
export type StepSpec = z.output<typeof step>;

import { describe, expect, test } from 'vitest';

import type { Claim, QueueRow } from '../history/events.ts';
import { Timeline } from '../record/timeline.ts';
import type { ClaimNames } from './claim.ts';
import { bindClaim, claimProblem, claimSpec, momentaryClaimSpec, readClaim, type ClaimSpec } from './claims.ts';

const threshold = {
  metric: 'waiting',
  normal: { text: '< 10' },
  alert: { text: '> 20', min: { value: 20, inclusive: false } },
  location: { file: 'r.md', line: 9 },
} as const;
const names: ClaimNames = { queues: () => ['mail'], service: (name) => name, threshold: () => threshold };
const specs: readonly ClaimSpec[] = [
  { claim: 'container-state', service: 'worker', anyOf: ['exited'] },
  { claim: 'count', queues: 'all', state: 'failed', op: '>', value: 1 },
  { claim: 'growing', queues: 'all', states: ['waiting'] },
  { claim: 'over-threshold', metric: 'waiting' },
  { claim: 'paused', queues: 'all', value: true },
  { claim: 'progress', queues: 'all', value: false },
  { claim: 'restarted', service: 'worker' },
];

function bound(spec: ClaimSpec): Claim {
  const claim = bindClaim(claimSpec.parse(spec), names);
  if ('selector' in claim) throw new Error('the claim should be bound');
  return JSON.parse(JSON.stringify(claim)) as Claim;
}

test.each(specs)('the claim "$claim" is recorded in a form that can be read again', (spec) => {
  const claim = bound(spec);
  expect(claim.claim).toBe(spec.claim);
  expect(claim.text).not.toBe('');
  expect(claimProblem(claim)).toBeUndefined();
  expect(readClaim(claim).holds([])).toBeUndefined();
});

test.each(specs)('a recorded claim "$claim" without its own fields is damaged', ({ claim }) => {
  expect(claimProblem({ claim, text: 't' })).toMatch(new RegExp(`^\`${claim}\\.\\w+\` is damaged: `));
});

test('a recorded claim of an unknown kind is named', () => {
  expect(claimProblem({ claim: 'quiet', text: 't' })).toBe('its claim is "quiet", which this version does not know');
});

test.each(specs)('"$claim" may hold throughout a step only if one moment decides it', (spec) => {
  const isMomentary = ['container-state', 'count', 'paused'].includes(spec.claim);
  expect(momentaryClaimSpec.safeParse(spec).success).toBe(isMomentary);
});

test('an unknown claim is answered with the names of all claims', () => {
  expect(claimSpec.safeParse({ claim: 'quiet' }).error?.issues[0]?.message).toBe(
    `expected ${specs
      .map(({ claim }) => `"${claim}"`)
      .join(', ')
      .replace(/, ([^,]+)$/, ' or $1')}`,
  );
});

describe('over-threshold, formerly called "alert"', () => {
  const timelineOf = (waiting: number): Timeline => {
    const row: QueueRow = [waiting, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    const timeline = new Timeline();
    timeline.push({ seq: 0, t: 0, s: 0, type: 'sample', full: true, queues: { mail: row } });
    return timeline;
  };

  test('a scenario file with the former name still loads, and is recorded under the new one', () => {
    expect(bound({ claim: 'alert', metric: 'waiting' })).toEqual({
      claim: 'over-threshold',
      threshold,
      text: 'the alert threshold of `waiting` (> 20) is crossed',
    });
  });

  test.each(['alert', 'over-threshold'])('a claim that was recorded as "%s" is evaluated', (claim) => {
    const readable = readClaim({ claim, threshold, text: 't' });
    expect(readable.holds(timelineOf(21).moments)).toBe(true);
    expect(readable.holds(timelineOf(20).moments)).toBe(false);
  });
});

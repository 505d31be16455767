/**
 * Claims: statements about a recorded run that are true, false or unknown, used as symptoms and as what a step must
 * achieve or must hold throughout.
 *
 * 1. A scenario file states a claim; `claimSpec` checks it.
 * 2. `bindClaim` resolves its names against the fleet and the runbook. The result goes into the plan and the history.
 * 3. `claimProblem` checks a claim that was read from a history, before anything relies on it.
 * 4. `readClaim` makes a recorded claim ready to be asked about moments of the run.
 */
import { z } from 'zod';

import type { Claim } from '../history/events.ts';
import type { Moment } from '../record/timeline.ts';
import type { ClaimKind, ClaimNames, StepSpan, Unbound } from './claim.ts';
import { containerState } from './container-state.ts';
import { count } from './count.ts';
import { growing } from './growing.ts';
import { overThreshold } from './over-threshold.ts';
import { paused } from './paused.ts';
import { progress } from './progress.ts';
import { restarted } from './restarted.ts';

/** Every kind of claim. A new one is a file of its own and its name here. */
const kinds = [containerState, count, growing, overThreshold, paused, progress, restarted] as const;

/** Names that older scenarios and recordings use. */
const formerNames: ReadonlyMap<string, string> = new Map([['alert', overThreshold.name]]);

const [first, ...others] = kinds;
/** A claim as a scenario file states it. */
export const claimSpec = z.discriminatedUnion(
  'claim',
  [first.spec, ...others.map(({ spec }) => spec)],
  `expected ${listed(kinds)}`,
);
export type ClaimSpec = z.infer<typeof claimSpec>;

/** A claim that can hold at every moment of a step. */
export const momentaryClaimSpec = claimSpec.refine(
  ({ claim }) => kindOf(claim)?.momentary,
  `expected ${listed(kinds.filter(({ momentary }) => momentary))}: nothing else can hold at every moment`,
);

/** The claim as the history records it, or what the runbook lacks for it. */
export function bindClaim(spec: ClaimSpec, names: ClaimNames): Claim | Unbound {
  const kind = kindOf(spec.claim);
  if (!kind) throw new Error(`no claim is called ${spec.claim}`);
  const bound = kind.bind(spec, names);
  if (isUnbound(bound)) return bound;
  return { claim: kind.name, ...bound, text: kind.text(spec, bound) };
}

/** What is wrong with a recorded claim, as a clause; undefined if it can be evaluated. */
export function claimProblem(claim: Claim): string | undefined {
  const kind = kindOf(claim.claim);
  if (!kind) return `its claim is ${JSON.stringify(claim.claim.slice(0, 40))}, which this version does not know`;
  const issue = kind.recorded.safeParse(claim).error?.issues[0];
  return issue && `\`${[kind.name, ...issue.path].join('.').slice(0, 80)}\` is damaged: ${issue.message}`;
}

/** A recorded claim that can be asked about moments of a run. */
export interface ReadableClaim {
  readonly text: string;
  /**
   * Whether it holds at the last of these moments. They begin where the claim's window begins.
   * Undefined: the record does not say.
   */
  readonly holds: (moments: readonly Moment[]) => boolean | undefined;
  /** Whether it held at any of these moments. Undefined if that was never known. */
  readonly everHolds: (moments: readonly Moment[]) => boolean | undefined;
  /** The moments that show whether a step achieved it. */
  readonly momentsOfStep: (moments: readonly Moment[], span: StepSpan) => readonly Moment[];
}

/** @throws if `claimProblem` would have reported something */
export function readClaim(claim: Claim): ReadableClaim {
  const kind = kindOf(claim.claim);
  if (!kind) throw new Error(claimProblem(claim));
  const recorded = kind.recorded.parse(claim);
  const holds = (moments: readonly Moment[]) => kind.holds(recorded, moments);
  return {
    text: claim.text,
    holds,
    everHolds: (moments) => (kind.everHolds ? kind.everHolds(recorded, moments) : holdsAtSome(holds, moments)),
    momentsOfStep: (moments, span) =>
      kind.momentsOfStep ? kind.momentsOfStep(moments, span) : moments.filter(({ t }) => t >= span.endedT),
  };
}

function kindOf(name: string): ClaimKind | undefined {
  const current = formerNames.get(name) ?? name;
  return kinds.find((kind) => kind.name === current);
}

function isUnbound(bound: Record<string, unknown> | Unbound): bound is Unbound {
  return 'selector' in bound;
}

function holdsAtSome(holds: ReadableClaim['holds'], moments: readonly Moment[]): boolean | undefined {
  let known = false;
  const until: Moment[] = [];
  for (const moment of moments) {
    until.push(moment);
    const value = holds(until);
    if (value === true) return true;
    known ||= value === false;
  }
  return known ? false : undefined;
}

/** `"count", "growing" or "paused"` */
function listed(some: readonly { readonly name: string }[]): string {
  const names = some.map(({ name }) => `"${name}"`);
  return `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}

import type { Config } from '../config/define-config.ts';
import type { Claim, PlannedStep, ShownPattern } from '../history/events.ts';
import type { ExcusingKey, Procedure, Runbook } from '../runbook/runbook.ts';
import { findProcedures } from '../runbook/select-procedure.ts';
import { withAllowedAnnotation } from './allowed-annotation.ts';
import type { StepSpec } from './define-scenario.ts';
import type { Path, ScenarioNames } from './scenario-names.ts';

/** One block of the runbook that an arm runs, with what the scenario says about it. */
export interface BoundStep {
  readonly spec: StepSpec;
  readonly procedure: Procedure;
  /** Keys of its annotation that do not count. */
  readonly ignored: readonly ExcusingKey[];
  readonly shows: readonly ShownPattern[];
  readonly achieves: readonly Claim[];
  readonly throughout: readonly Claim[];
}

export interface StepsContext {
  readonly names: ScenarioNames;
  readonly runbook: Runbook;
  readonly config: Config;
}

/** A step that names several blocks becomes one bound step each. A block that the runbook lacks is noted as unbound. */
export function bindSteps(steps: readonly StepSpec[], path: Path, context: StepsContext): readonly BoundStep[] {
  return steps.flatMap((spec, index) => bindStep(spec, [...path, index], context));
}

function bindStep(spec: StepSpec, path: Path, { names, runbook, config }: StepsContext): readonly BoundStep[] {
  const shows = spec.shows.map((shown, index) => bindShown(shown, [...path, 'shows', index], names));
  const achieves = names.claims(spec.achieves, [...path, 'achieves']);
  const throughout = names.claims(spec.throughout, [...path, 'throughout']);
  const found = findProcedures(runbook, spec.run, config.labels);
  if (found.kind !== 'found') {
    names.noteUnbound({ selector: spec.run, message: found.message, location: found.location });
    return [];
  }
  return found.procedures.map((block) => {
    const filled = runbook.fill(block, spec.fill);
    const { procedure, ignored } = withAllowedAnnotation(filled, spec.annotations, runbook, config);
    return { spec, procedure, ignored, shows, achieves, throughout };
  });
}

function bindShown(shown: StepSpec['shows'][number], path: Path, names: ScenarioNames): ShownPattern {
  const { pattern, means, counts } = shown;
  const { source, flags } = pattern;
  if (!counts) return { source, flags, means };
  const queues = names.queues(counts.queues, [...path, 'counts', 'queues']);
  return { source, flags, means, counts: { queues, states: counts.states } };
}

/** The step as the history records it. */
export function planStep({ spec, procedure, ignored, shows, achieves, throughout }: BoundStep): PlannedStep {
  const { address, location } = procedure;
  const refused = spec.refused.map(({ source, flags }) => ({ source, flags }));
  return {
    address,
    location,
    shows,
    args: spec.args,
    ...(achieves.length > 0 ? { achieves } : {}),
    ...(throughout.length > 0 ? { throughout } : {}),
    ...(ignored.length > 0 ? { ignored } : {}),
    ...(refused.length > 0 ? { refused } : {}),
  };
}

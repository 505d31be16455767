import type { Config } from '../config/define-config.ts';
import type { Annotation, ExcusingKey, Procedure, Runbook } from '../runbook/runbook.ts';
import { findProcedures } from '../runbook/select-procedure.ts';

const fieldOf = {
  skip: 'skip',
  timeout: 'timeoutMs',
  answers: 'answers',
  'expect-exit': 'expectExit',
} as const satisfies Record<ExcusingKey, keyof Annotation>;

/**
 * The block with what its annotation may say about it. A runbook under test cannot excuse itself, so a key counts only
 * if the step or the configuration allows it.
 * @returns the keys that do not count as `ignored`
 */
export function withAllowedAnnotation(
  procedure: Procedure,
  stepAllows: readonly ExcusingKey[],
  runbook: Runbook,
  { annotations, labels }: Pick<Config, 'annotations' | 'labels'>,
): { readonly procedure: Procedure; readonly ignored: readonly ExcusingKey[] } {
  const allowed = new Set(stepAllows);
  for (const { at, allow } of annotations) {
    const found = findProcedures(runbook, at, labels);
    const isMeant = found.kind === 'found' && found.procedures.some(({ address }) => address === procedure.address);
    if (isMeant) for (const key of allow) allowed.add(key);
  }
  const { annotation } = procedure;
  const ignored = (Object.keys(fieldOf) as ExcusingKey[]).filter(
    (key) => annotation[fieldOf[key]] !== undefined && !allowed.has(key),
  );
  const cleared = Object.fromEntries(ignored.map((key) => [fieldOf[key], undefined]));
  return { procedure: { ...procedure, annotation: { ...annotation, ...cleared } }, ignored };
}

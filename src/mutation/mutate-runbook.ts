import type { Runbook } from '../runbook/runbook.ts';
import { loosenThresholds } from './loosen-thresholds.ts';
import type { Edit, Mutant } from './mutant.ts';
import { operators } from './operators.ts';

export interface MutationOptions {
  /** Names of the fleet. A name in a block is replaced by another one. */
  readonly queues: readonly string[];
  readonly services: readonly string[];
}

/** Every runbook that differs from this one in one change, in the order of the lines. */
export function mutateRunbook(text: string, runbook: Runbook, options: MutationOptions): readonly Mutant[] {
  const lines = text.split('\n');
  const seen = new Set([text]);
  const mutants: Mutant[] = [];
  const add = (operator: string, address: string | undefined, edit: Edit): void => {
    const changed = lines.toSpliced(edit.line - 1, edit.lines.length, ...edit.lines);
    const whole = changed.join('\n');
    if (seen.has(whole)) return;
    seen.add(whole);
    const at = lines.findIndex((line, index) => line !== changed[index]);
    const twins = mutants.filter((other) => other.operator === operator && other.line === at + 1).length;
    mutants.push({
      id: `${operator}:${at + 1}${twins === 0 ? '' : `#${twins + 1}`}`,
      operator,
      line: at + 1,
      address,
      before: (lines[at] ?? '').trim(),
      after: (changed[at] ?? '').trim(),
      text: whole,
    });
  };
  for (const procedure of runbook.procedures) {
    for (const { name, mutate } of operators) {
      for (const edit of mutate({ procedure, lines, ...options })) add(name, procedure.address, edit);
    }
  }
  for (const edit of loosenThresholds(runbook.thresholds, lines)) add('loosen-threshold', undefined, edit);
  return mutants.toSorted((one, other) => one.line - other.line);
}

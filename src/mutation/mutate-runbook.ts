import type { Procedure, Runbook } from '../runbook/runbook.ts';
import { loadShellGrammar, type ShellGrammar } from '../runbook/shell-grammar.ts';
import { codeOperators } from './code-operators.ts';
import { loosenThresholds } from './loosen-thresholds.ts';
import type { Edit, FleetNames, Mutant, TextChange } from './mutant.ts';
import { operators } from './operators.ts';
import { applyChange, isValidChange, readBlock, type Change } from './read-block.ts';

/** An edit, and the operator that made it. */
interface NamedEdit extends Edit {
  readonly operator: string;
  readonly address: string | undefined;
  readonly change?: TextChange;
}

/**
 * Every runbook that differs from this one in one change, in the order of the lines.
 * @param fleet a name in a block is replaced by another one of these
 */
export async function mutateRunbook(text: string, runbook: Runbook, fleet: FleetNames): Promise<readonly Mutant[]> {
  const grammar = await loadShellGrammar();
  const lines = text.split('\n');
  const seen = new Set([text]);
  const mutants: Mutant[] = [];
  for (const { operator, address, change, ...edit } of editsOf(runbook, lines, fleet, grammar)) {
    const changed = lines.toSpliced(edit.line - 1, edit.lines.length, ...edit.lines);
    const whole = changed.join('\n');
    if (seen.has(whole)) continue;
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
      ...(change && { change }),
      text: whole,
    });
  }
  return mutants.toSorted((one, other) => one.line - other.line);
}

function* editsOf(
  { procedures, thresholds }: Runbook,
  lines: readonly string[],
  fleet: FleetNames,
  grammar: ShellGrammar,
): Generator<NamedEdit> {
  for (const procedure of procedures) {
    const { address } = procedure;
    for (const { name: operator, mutate } of operators)
      for (const edit of mutate({ procedure, lines, ...fleet })) yield { operator, address, ...edit };
    const block = readBlock(procedure, grammar);
    for (const { name: operator, mutate } of codeOperators) {
      for (const change of mutate(block, fleet)) {
        const changed = applyChange(block.code, change);
        const edit = isValidChange(block, changed, grammar) ? editFor(procedure, changed, lines) : undefined;
        if (edit) yield { operator, address, change: describeChange(block.code, change), ...edit };
      }
    }
  }
  for (const edit of loosenThresholds(thresholds, lines))
    yield { operator: 'loosen-threshold', address: undefined, ...edit };
}

function describeChange(code: string, { start, end, text }: Change): TextChange {
  const lineStart = code.lastIndexOf('\n', start - 1) + 1;
  const lineEnd = code.indexOf('\n', end);
  return {
    was: code.slice(start, end),
    is: text,
    lead: code.slice(lineStart, start),
    rest: code.slice(end, lineEnd === -1 ? code.length : lineEnd),
  };
}

/** Puts a changed block into the lines of the file, behind the indentation or mark of a quotation that they have. */
function editFor({ code, location }: Procedure, changed: string, lines: readonly string[]): Edit | undefined {
  const [before, after] = [code.split('\n'), changed.split('\n')];
  const first = before.findIndex((line, index) => line !== after[index]);
  const last = before.findLastIndex((line, index) => line !== after[index]);
  if (first === -1) return undefined;
  const edited: string[] = [];
  for (let row = first; row <= last; row += 1) {
    const line = lines[location.line - 1 + row] ?? '';
    const at = before[row] === '' ? line.replace(/\r$/, '').length : line.lastIndexOf(before[row] ?? '');
    if (at === -1) return undefined;
    edited.push(line.slice(0, at) + (after[row] ?? '') + line.slice(at + (before[row] ?? '').length));
  }
  return { line: location.line + first, lines: edited };
}

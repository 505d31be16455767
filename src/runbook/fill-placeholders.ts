import { findPlaceholders, parseShell } from './parse-shell.ts';
import type { Procedure } from './runbook.ts';
import { scanShell } from './scan-shell.ts';
import type { ShellGrammar } from './shell-grammar.ts';

/**
 * Fills the `<placeholders>` of a procedure by name. All locations stay those of the runbook. A placeholder without a
 * value stays.
 */
export function fillPlaceholders(
  procedure: Procedure,
  values: Readonly<Record<string, string>>,
  grammar: ShellGrammar,
): Procedure {
  const wanted = findPlaceholders(procedure.code, scanShell(procedure.code)).filter(({ name }) =>
    Object.hasOwn(values, name),
  );
  if (wanted.length === 0) return procedure;
  let code = procedure.code;
  for (const { name, start, end } of wanted.toReversed()) code = code.slice(0, start) + values[name] + code.slice(end);
  const script = parseShell(code, grammar);
  return {
    ...procedure,
    code,
    // A value can contain commands. They get the location of the procedure.
    commands: script.commands.map(({ start, end, ...command }, index) => {
      const rowOf = (offset: number): number => code.slice(0, offset).split('\n').length;
      return {
        ...command,
        location: procedure.commands[index]?.location ?? procedure.location,
        lineInBlock: rowOf(start),
        endLineInBlock: rowOf(Math.max(start, end - 1)),
      };
    }),
    placeholders: script.placeholders,
    parameters: script.parameters,
  };
}

import { findPlaceholders, parseShell } from './parse-shell.ts';
import type { Procedure } from './runbook.ts';
import { scanShell } from './scan-shell.ts';
import type { ShellGrammar } from './shell-grammar.ts';

/**
 * The procedure with the `<placeholders>` of its code filled in, by name. Everything stays where it stands in the runbook; a
 * placeholder that no value is given for stays one.
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
    // A value may bring commands of its own; they stand where the procedure does.
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

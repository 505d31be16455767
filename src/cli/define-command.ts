import type { Command } from 'commander';

import { exitCodesOf, type ExitName } from './exit-codes.ts';
import { parserOption, type Flags, type OptionName } from './options.ts';

interface CommandFacts {
  /** `verify`, or `sandbox up` for a command below another. */
  readonly name: string;
  readonly summary: string;
  readonly argument?: { readonly name: string; readonly text: string };
  /** False if set-up must prepare no engine and no images. `setup/needs.mjs` lists these commands too. */
  readonly needsDocker: boolean;
  /** Exit codes that mean something more exact here. */
  readonly exits?: Partial<Record<ExitName, string>>;
  /** More to know, printed below the options. */
  readonly details?: string;
}

/** A command as the table in `commands.ts` holds it. */
export interface DrillbookCommand extends CommandFacts {
  readonly options: readonly OptionName[];
  readonly start: (parsed: Command) => Promise<void>;
}

/** Defines a command by the keys of its options. `run` gets their values, typed by the table of options. */
export function defineCommand<Name extends OptionName = never>(
  spec: CommandFacts & {
    readonly options?: readonly Name[];
    readonly run: (flags: Flags<Name>, operands: readonly string[]) => Promise<void>;
  },
): DrillbookCommand {
  const { options = [], run, ...facts } = spec;
  return { ...facts, options, start: (parsed) => run(readFlags(parsed, options), parsed.args) };
}

function readFlags<Name extends OptionName>(parsed: Command, names: readonly Name[]): Flags<Name> {
  const values = names.map((name) => [name, parsed.getOptionValue(parserOption(name).attributeName())]);
  // Commander's values are untyped; `parserOption` made it read each of them as the table says.
  return Object.fromEntries(values) as Flags<Name>;
}

/** What a command with subcommands is for. */
const groups: Readonly<Record<string, string>> = {
  drill: 'a game day: a person recovers a really broken fleet',
  alerts: 'judge alert rules and thresholds on recorded runs',
  sandbox: 'start, use and remove a copy of the fleet by hand',
};

/** Adds a command to the program: `sandbox up` goes below `sandbox`. */
export function addCommand(program: Command, spec: DrillbookCommand): void {
  const [group, name = group] = spec.name.split(' ') as [string, string?];
  const parent = name === group ? program : groupOf(program, group);
  const command = parent.command(name).description(spec.summary);
  if (spec.argument) command.argument(spec.argument.name, spec.argument.text);
  for (const option of spec.options) command.addOption(parserOption(option));
  const details = spec.details === undefined ? '' : `\n${spec.details}\n`;
  const codes = exitCodesOf(spec.exits).map(([code, meaning]) => `  ${String(code).padEnd(4)}${meaning}`);
  command.addHelpText('after', `${details}\nExit codes:\n${codes.join('\n')}`);
  command.action(() => spec.start(command));
}

function groupOf(program: Command, name: string): Command {
  const known = program.commands.find((command) => command.name() === name);
  return known ?? program.command(name).description(groups[name] ?? '');
}

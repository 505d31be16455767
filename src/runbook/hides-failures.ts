import { readsOnly } from '../history/reads-only.ts';
import type { ShellScript } from './parse-shell.ts';
import type { ShellCommand } from './shell-command.ts';

interface ShellOptions {
  readonly errexit: boolean;
  readonly pipefail: boolean;
}

/** They do nothing whose failure matters. */
const harmless = /^(?::|true|echo|printf|set|trap|exit|sleep|shift|wait)$/;

/**
 * Whether a command of a script can fail although the script ends with 0. A single command, an `&&` chain and a script
 * under `set -e` show each failure by their exit code. If in doubt, the answer is yes.
 */
export function hidesFailures(code: string, script: ShellScript, options: ShellOptions): boolean {
  if (script.syntaxError || script.commands.length === 0) return script.syntaxError !== undefined;
  const { errexit, pipefail } = optionsOf(script.commands, options);
  const last = script.commands.findLast(({ role, inSubstitution }) => role === 'command' && !inSubstitution);
  const isLoop = /(?:^|[\s;])(?:for|while|until|select)\s/.test(code);
  return script.commands.some((command) => {
    if (command.role === 'condition' || !matters(command)) return false;
    if (command.role === 'background' || command.inSubstitution) return true;
    if (command.pipeline && command.pipeline.index < command.pipeline.size - 1)
      return !(pipefail && (errexit || last?.pipeline !== undefined));
    return !errexit && (command !== last || isLoop || command.inFunction !== undefined);
  });
}

/** What dash runs by itself and can fail. */
const builtIn =
  /^(?:\.|\[|alias|bg|cd|chdir|command|eval|exec|export|false|fg|getopts|hash|jobs|kill|local|read|readonly|return|test|times|type|ulimit|umask|unalias|unset)$/;

/** Whether each command of a script that matters is a program, and none is built into the shell or a function. */
export function hasOnlyPrograms({ commands, syntaxError }: ShellScript): boolean {
  const own = commands.filter((command) => command.role !== 'condition' && matters(command));
  const isProgram = ({ name, inFunction }: ShellCommand): boolean =>
    name !== undefined && inFunction === undefined && !builtIn.test(name);
  return (
    syntaxError === undefined && own.every(isProgram) && commands.every(({ inFunction }) => inFunction === undefined)
  );
}

/** Whether a condition of a script may fail, as is its right, by more than the program that it starts. */
export function mayRightlyFail({ commands }: ShellScript): boolean {
  return commands.some(
    ({ role, name, text, inSubshell }) =>
      role === 'condition' && (inSubshell || name === undefined || builtIn.test(name) || /[<>]/.test(text)),
  );
}

function matters({ kind, name, words }: ShellCommand): boolean {
  return kind === 'simple' && !(name !== undefined && harmless.test(name)) && !readsOnly(words);
}

/** The options of the command line, and those that the script sets before anything else. */
function optionsOf(commands: readonly ShellCommand[], given: ShellOptions): ShellOptions {
  const first = commands.findIndex(({ name }) => name !== 'set');
  const set = commands.slice(0, first < 0 ? undefined : first).map(({ text }) => text);
  return {
    errexit: given.errexit || set.some((text) => /\s-[a-z]*e|errexit/.test(text)),
    pipefail: given.pipefail || set.some((text) => text.includes('pipefail')),
  };
}

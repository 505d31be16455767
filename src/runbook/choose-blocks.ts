/**
 * Decides which fences hold commands that Drillbook runs. One rule, which docs/scenarios.md states:
 *
 * - a fence tagged for a shell is taken as it stands;
 * - of a session with prompts, the commands after the prompts are taken;
 * - any other fence is taken if its tag allows it and the operator has every command in it.
 *
 * What looks like a command and is not taken is noted.
 */
import type { NotUnderstood } from '../history/events.ts';
import type { Location } from '../kernel/errors.ts';
import { lineStarts, type Fence } from './fence.ts';
import { findCommandText, quoteCommand } from './find-command-text.ts';
import { areForOperator } from './operator-programs.ts';
import { parseShell } from './parse-shell.ts';
import { readSession, type Session } from './read-session.ts';
import type { ShellGrammar } from './shell-grammar.ts';

const shells: readonly string[] = ['bash', 'sh', 'shell'];
const otherShells: readonly string[] = ['zsh', 'ksh', 'dash', 'ash', 'shellscript', 'shell-script'];
const sessions: readonly string[] = [
  'console',
  'shell-session',
  'shellsession',
  'sh-session',
  'bash-session',
  'terminal',
];
const plainTexts: readonly string[] = ['text', 'txt', 'plain', 'plaintext', 'log', 'output'];

/** Stands for the tag of a fence without one in addresses. */
const untagged = 'untagged';

export interface ChosenBlock {
  /** The commands to run, as a fence whose language is that of the address. Undefined if there are none. */
  readonly commands: Fence | undefined;
  readonly notes: readonly NotUnderstood[];
}

/** The language in the address of a fence that is not closed. Undefined if its tag says that nothing of it is run. */
export function languageOfUnclosed({ language }: Fence): string | undefined {
  if (language === '') return untagged;
  return [...shells, ...otherShells, ...sessions].includes(language) ? language : undefined;
}

export function chooseBlock(fence: Fence, grammar: ShellGrammar): ChosenBlock {
  const { language } = fence;
  if (shells.includes(language)) return { commands: fence, notes: [] };
  if (otherShells.includes(language)) return chooseOtherShell(fence, grammar);
  if (language === '' || sessions.includes(language)) return chooseUntagged(fence, grammar);
  const of = plainTexts.includes(language) ? 'text' : 'code';
  return passOver(fence, of, `the fence is tagged \`${language}\``);
}

function chooseOtherShell(fence: Fence, grammar: ShellGrammar): ChosenBlock {
  const { syntaxError } = parseShell(fence.code, grammar);
  if (!syntaxError) return { commands: fence, notes: [] };
  const message = `the fence is tagged \`${fence.language}\`, and bash cannot read it, so it is not run: ${syntaxError.message}`;
  return { commands: undefined, notes: [{ message, location: lineOf(fence) }] };
}

function chooseUntagged(fence: Fence, grammar: ShellGrammar): ChosenBlock {
  const tagged = fence.language !== '';
  const named = { ...fence, language: tagged ? fence.language : untagged };
  const session = readSession(named, grammar, false);
  if (session && (tagged || isForOperator(session.commands, grammar))) return takeSession(session, fence);
  if (isForOperator(named, grammar)) return { commands: named, notes: [] };
  const root = tagged ? readSession(named, grammar, true) : undefined;
  if (root && isForOperator(root.commands, grammar)) return takeSession(root, fence);
  const why = tagged ? `the fence is tagged \`${fence.language}\` and has no prompts` : 'the fence has no tag';
  return passOver(fence, 'text', `${why}, and the operator does not have every command in it`);
}

function isForOperator({ code }: Fence, grammar: ShellGrammar): boolean {
  if (!/\b(?:docker|redis-cli|curl|jq)\b/.test(code)) return false;
  const { commands, syntaxError } = parseShell(code, grammar);
  return syntaxError === undefined && areForOperator(commands);
}

function takeSession({ commands, printed }: Session, fence: Fence): ChosenBlock {
  const lines = fence.code.split('\n').map((line, row) => (printed.has(row) ? line : ''));
  const stray = findCommandText(lines, 'code');
  if (!stray) return { commands, notes: [] };
  const message = `the line ${quoteCommand(stray.text)} has no prompt \`$\` before it, so it counts as output and is not run; add the prompt if it is a command`;
  return { commands, notes: [{ message, location: placeOf(fence, stray) }] };
}

/** Nothing of the fence is run. It is noted if it holds what looks like a command. */
function passOver(fence: Fence, of: 'text' | 'code', why: string): ChosenBlock {
  const found = findCommandText(fence.code.split('\n'), of);
  if (!found) return { commands: undefined, notes: [] };
  const message = `${why}, so ${quoteCommand(found.text)} is not run; tag it \`bash\` if it is for the shell`;
  return { commands: undefined, notes: [{ message, location: placeOf(fence, found) }] };
}

function placeOf(fence: Fence, { index, column }: { readonly index: number; readonly column: number }): Location {
  return fence.locate((lineStarts(fence.code)[index] ?? 0) + column);
}

function lineOf(fence: Fence): Location {
  return { file: fence.locate(0).file, line: fence.line };
}

import type { Fence } from './fence.ts';
import { keepLinesOfFence } from './keep-lines.ts';
import { parseShell } from './parse-shell.ts';
import type { ShellGrammar } from './shell-grammar.ts';

/** `$ `, `# `, `user@host:~$ `, `[root@host dir]# `. */
const prompt = /^((?:\[?[\w.-]{1,64}@[\w.-]{1,64}[^\n$#]{0,80})?)([$#]) +(?=\S)/;
/** The prompt of the shell for the rest of a command. */
const further = /^>(?: |$)/;
/** The most lines of one command. Longer ones are taken for a command of one line with its output. */
const mostLines = 40;

/** A recorded session: its commands, and the lines that it printed. */
export interface Session {
  /** The fence with the commands alone. Prompts are left out, and printed lines are blank. */
  readonly commands: Fence;
  /** Indices of the printed lines and of the comments. */
  readonly printed: ReadonlySet<number>;
}

/**
 * Reads the lines after prompts as commands. A command that is not complete continues on the next line, behind `> ` or
 * without a prompt. All other lines are output.
 * @param root whether `# ` is a prompt. In a session that has `$ `, it begins a comment
 * @returns undefined if there is no prompt
 */
export function readSession(fence: Fence, grammar: ShellGrammar, root: boolean): Session | undefined {
  const lines = fence.code.split('\n');
  const cuts = lines.map((): number | undefined => undefined);
  for (let row = 0; row < lines.length; row += 1) {
    const cut = promptOf(lines[row] ?? '', root);
    if (cut === undefined) continue;
    cuts[row] = cut;
    const rest = continuationOf(lines, row, cut, root, grammar);
    for (const more of rest) {
      row += 1;
      cuts[row] = more;
    }
  }
  if (cuts.every((cut) => cut === undefined)) return undefined;
  const printed = new Set([...cuts.keys()].filter((row) => cuts[row] === undefined));
  return { commands: keepLinesOfFence(fence, cuts), printed };
}

/** Length of the prompt. */
function promptOf(line: string, root: boolean): number | undefined {
  const [whole, host = '', mark] = prompt.exec(line) ?? [];
  return whole === undefined || (mark === '#' && host === '' && !root) ? undefined : whole.length;
}

/** For each further line of the command, the length of its prompt. Empty if the command never ends. */
function continuationOf(
  lines: readonly string[],
  row: number,
  cut: number,
  root: boolean,
  grammar: ShellGrammar,
): readonly number[] {
  const cuts: number[] = [];
  let text = (lines[row] ?? '').slice(cut);
  while (isOpen(text, grammar)) {
    const line = lines[row + cuts.length + 1];
    if (line === undefined || promptOf(line, root) !== undefined || cuts.length === mostLines) return [];
    const more = further.exec(line)?.[0].length ?? 0;
    cuts.push(more);
    text += `\n${line.slice(more)}`;
  }
  return cuts;
}

function isOpen(text: string, grammar: ShellGrammar): boolean {
  return /(?:\\|\||&&)$/.test(text) || parseShell(text, grammar).syntaxError !== undefined;
}

import { readsOnly } from '../history/reads-only.ts';
import type { PlayerCommand, RecognisedCommand } from '../history/events.ts';
import { parseShell } from '../runbook/parse-shell.ts';
import type { Command, Procedure, Runbook } from '../runbook/runbook.ts';
import { loadShellGrammar } from '../runbook/shell-grammar.ts';
import { isInspection } from './is-inspection.ts';
import { cutMark } from './shell-trace.ts';

/** What a line of the player has to do with the runbook. */
export type Recognised = Pick<PlayerCommand, 'runbook' | 'readsOnly'>;

type Words = readonly (string | undefined)[];
type Known = { readonly procedure: Procedure; readonly command: Command };

/** A command shares at least so much of its words with the runbook's, or it is no edited form of it. */
const leastAlike = 0.6;
/** A longer text is data and no commands. */
const longestLine = 16_384;
/** Later words of a command make no difference. */
const mostWords = 60;

/**
 * Finds the runbook's commands in what the player types, by the syntax tree and not by the text: blanks, quotes and
 * comments make no difference.
 */
export async function createRecogniser({
  procedures,
}: Pick<Runbook, 'procedures'>): Promise<(line: string) => Recognised> {
  const grammar = await loadShellGrammar();
  const known: readonly Known[] = procedures.flatMap((procedure) =>
    procedure.commands.filter(({ words }) => words.length > 0).map((command) => ({ procedure, command })),
  );
  // Of commands that are alike, the next one of the block that the player is in comes first.
  let inOrder = known;
  return (line) => {
    if (line.length > longestLine || line.endsWith(cutMark)) return { runbook: [], readsOnly: false };
    const { commands } = parseShell(line, grammar);
    const found = commands.map(({ words, text }, index) => {
      const match = bestMatch(words, text, inOrder);
      if (match) inOrder = from(match.command, known);
      return match && asRecognised(match, index === commands.length - 1);
    });
    return {
      runbook: found.filter((one) => one !== undefined),
      readsOnly: commands.every(({ kind, words }) => kind === 'assignment' || readsOnly(words) || isInspection(words)),
    };
  };
}

/** The commands after this one, then those up to it. */
function from(last: Command, known: readonly Known[]): readonly Known[] {
  const next = known.findIndex(({ command }) => command === last) + 1;
  return [...known.slice(next), ...known.slice(0, next)];
}

interface Match extends Known {
  readonly alike: number;
}

function bestMatch(words: Words, text: string, known: readonly Known[]): Match | undefined {
  let best: Match | undefined;
  for (const one of known) {
    const alike =
      one.command.text === text ? 1 : likeness(words.slice(0, mostWords), one.command.words.slice(0, mostWords));
    if (alike >= leastAlike && alike > (best?.alike ?? 0)) best = { ...one, alike };
  }
  return best;
}

/**
 * The share of words that both have, in the same order. 1: all of them. Commands with another name, or of one word,
 * have nothing to do with each other unless they are the same.
 */
function likeness(mine: Words, theirs: Words): number {
  if (mine.length === 0 || mine[0] === undefined || mine[0] !== theirs[0]) return 0;
  const same =
    mine.length === theirs.length && mine.every((word, index) => word !== undefined && word === theirs[index]);
  if (same) return 1;
  if (mine.length < 3 || theirs.length < 3) return 0;
  const shared = longestCommon(mine, theirs) / Math.max(mine.length, theirs.length);
  return Math.min(shared, 0.99);
}

function longestCommon(mine: Words, theirs: Words): number {
  let row = Array.from<number>({ length: theirs.length + 1 }).fill(0);
  for (const word of mine) {
    const next = [0];
    for (const [index, other] of theirs.entries()) {
      const diagonal = (row[index] ?? 0) + Number(word !== undefined && word === other);
      next.push(Math.max(diagonal, row[index + 1] ?? 0, next[index] ?? 0));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

function asRecognised({ procedure, command, alike }: Match, isLast: boolean): RecognisedCommand {
  return {
    address: procedure.address,
    location: command.location,
    text: command.text,
    how: alike === 1 ? 'verbatim' : 'edited',
    isLast,
  };
}

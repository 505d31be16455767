import type { NotUnderstood } from '../history/events.ts';
import { foldText } from './canonical-label.ts';
import { lineStarts } from './fence.ts';
import { findCommandText, quoteCommand } from './find-command-text.ts';
import type { PlacedFence } from './parse-sections.ts';
import { noAnnotation } from './parse-annotation.ts';
import { parseShell } from './parse-shell.ts';
import type { Procedure } from './runbook.ts';
import type { ShellGrammar } from './shell-grammar.ts';

const cardWords = /\b(?:quick reference|reference card|cheat ?sheet|referinta rapida)\b/;
const commandWord =
  /^(?:sudo |\$ )?(?:docker|docker-compose|podman|kubectl|redis-cli|curl|wget|npx|npm|node|bash|sh|tail|watch|top|systemctl|journalctl|git|psql|\.{0,2}\/[\w.-]+(?:\/[\w.-]+)*)(?=\s|$)/;

/** Reads quick reference cards: blocks of plain text, often in a drawn box. Each command becomes a procedure. */
export function parseCard(fences: readonly PlacedFence[], grammar: ShellGrammar): readonly Procedure[] {
  const ordinals = new Map<string, number>();
  return fences.filter(isCard).flatMap((placed) =>
    linesOf(placed)
      .filter(({ text }) => commandWord.test(text))
      .map((command) => {
        const group = [...placed.section.path, language].join(' > ');
        const ordinal = (ordinals.get(group) ?? 0) + 1;
        ordinals.set(group, ordinal);
        return readCommand(command, placed, `${group}[${ordinal}]`, ordinal, grammar);
      }),
  );
}

export function isCard({ fence, section }: PlacedFence): boolean {
  return /^(?:text|txt|plain|)$/.test(fence.language) && cardWords.test(foldText(`${section.title} ${fence.code}`));
}

/** Takes the place of the language in the address of a card's command. */
const language = 'card';

/** End of the last character that is neither blank nor part of a drawn box. */
function endOf(line: string): number {
  let end = line.length;
  while (end > 0 && /[\s\u2500-\u259f|]/.test(line.charAt(end - 1))) end -= 1;
  return end;
}

interface CardLine {
  readonly text: string;
  /** Offset in the fence. */
  readonly start: number;
}

function linesOf({ fence }: PlacedFence): readonly CardLine[] {
  const starts = lineStarts(fence.code);
  return fence.code.split('\n').map((line, row) => {
    const start = Math.max(0, line.search(/[^\s\u2500-\u259f|]/));
    return { text: line.slice(start, endOf(line)), start: (starts[row] ?? 0) + start };
  });
}

/** Lines of a card that look like commands, of programs that no card's command has. */
export function noteCard(placed: PlacedFence): readonly NotUnderstood[] {
  return linesOf(placed).flatMap(({ text, start }) => {
    if (commandWord.test(text) || !findCommandText([text], 'text')) return [];
    const message = `the line ${quoteCommand(text)} is no command that a reference card may have, so it is not run; put it into a fence tagged \`bash\``;
    return [{ message, location: placed.fence.locate(start) }];
  });
}

function readCommand(
  { text, start }: CardLine,
  { fence, section, part }: PlacedFence,
  address: string,
  ordinal: number,
  grammar: ShellGrammar,
): Procedure {
  const script = parseShell(text, grammar);
  return {
    address,
    section,
    label: part?.label,
    labelText: part?.text,
    language,
    ordinal,
    code: `${text}\n`,
    location: fence.locate(start, start + text.length),
    fenceLine: fence.line,
    annotation: noAnnotation,
    commands: script.commands.map((command) => ({
      ...command,
      location: fence.locate(start + command.start, start + command.end),
      lineInBlock: 1,
      endLineInBlock: 1,
    })),
    placeholders: script.placeholders,
    parameters: script.parameters,
    syntaxError: script.syntaxError && {
      message: script.syntaxError.message,
      location: fence.locate(start + script.syntaxError.offset),
    },
  };
}

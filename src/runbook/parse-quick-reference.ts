import { foldText } from './canonical-label.ts';
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
  return fences
    .filter(
      ({ fence, section }) =>
        /^(?:text|txt|plain|)$/.test(fence.language) && cardWords.test(foldText(`${section.title} ${fence.code}`)),
    )
    .flatMap((placed) =>
      findCommands(placed).map((command) => {
        const group = [...placed.section.path, language].join(' > ');
        const ordinal = (ordinals.get(group) ?? 0) + 1;
        ordinals.set(group, ordinal);
        return readCommand(command, placed, `${group}[${ordinal}]`, ordinal, grammar);
      }),
    );
}

/** Takes the place of the language in the address of a card's command. */
const language = 'card';

/** End of the last character that is neither blank nor part of a drawn box. */
function endOf(line: string): number {
  let end = line.length;
  while (end > 0 && /[\s\u2500-\u259f|]/.test(line.charAt(end - 1))) end -= 1;
  return end;
}

interface Found {
  readonly text: string;
  /** Line within the fence. */
  readonly start: number;
}

function findCommands({ fence }: PlacedFence): readonly Found[] {
  const found: Found[] = [];
  let offset = 0;
  for (const line of fence.code.split('\n')) {
    const start = line.search(/[^\s\u2500-\u259f|]/);
    const text = start === -1 ? '' : line.slice(start, endOf(line));
    if (commandWord.test(text)) found.push({ text, start: offset + start });
    offset += line.length + 1;
  }
  return found;
}

function readCommand(
  { text, start }: Found,
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

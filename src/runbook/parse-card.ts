import { foldText } from './canonical-label.ts';
import type { PlacedFence } from './parse-sections.ts';
import { findPlaceholders } from './parse-shell.ts';
import type { CardCommand } from './runbook.ts';

const cardWords = /\b(?:quick reference|reference card|cheat ?sheet|referinta rapida)\b/;
const commandWord =
  /^(?:sudo |\$ )?(?:docker|docker-compose|podman|kubectl|redis-cli|curl|wget|npx|npm|node|bash|sh|tail|watch|top|systemctl|journalctl|git|psql|\.{0,2}\/[\w.-]+(?:\/[\w.-]+)*)(?=\s|$)/;

/** Commands of a quick reference card: a block of plain text, often in a drawn box. */
export function parseCard(fences: readonly PlacedFence[]): readonly CardCommand[] {
  return fences
    .filter(
      ({ fence, section }) =>
        /^(?:text|txt|plain|)$/.test(fence.language) && cardWords.test(foldText(`${section.title} ${fence.code}`)),
    )
    .flatMap(readCard);
}

/** Behind the last character that is neither blank nor part of a drawn box. */
function endOf(line: string): number {
  let end = line.length;
  while (end > 0 && /[\s\u2500-\u259f|]/.test(line.charAt(end - 1))) end -= 1;
  return end;
}

function readCard({ fence }: PlacedFence): readonly CardCommand[] {
  const commands: CardCommand[] = [];
  let heading: string | undefined;
  let offset = 0;
  for (const line of fence.code.split('\n')) {
    const start = line.search(/[^\s\u2500-\u259f|]/);
    const text = start === -1 ? '' : line.slice(start, endOf(line));
    if (commandWord.test(text)) {
      const placeholders = findPlaceholders(text, { isPlain: () => true }).map(({ name }) => name);
      commands.push({
        text,
        heading,
        location: fence.locate(offset + start, offset + start + text.length),
        placeholders: [...new Set(placeholders)],
      });
    } else if (text !== '' && !text.startsWith('#')) heading = text;
    offset += line.length + 1;
  }
  return commands;
}

import type { Change, ReadBlock } from './read-block.ts';

const stopping = /^(?:docker\s+compose|docker-compose|docker)\s+(?:stop|restart|down)\b/;
const grace = /^(\s+(?:-t|--timeout)(?:\s+|=))(\d+)/;

/** A container is killed at once, instead of having time to end its jobs. */
export function* cutGrace({ commands, code }: ReadBlock): Generator<Change> {
  for (const { start, end } of commands) {
    const verb = stopping.exec(code.slice(start, end));
    if (!verb) continue;
    const at = start + verb[0].length;
    const given = grace.exec(code.slice(at, end));
    if (!given) yield { start: at, end: at, text: ' -t 0' };
    else yield { start: at + (given[1] ?? '').length, end: at + given[0].length, text: '0' };
  }
}

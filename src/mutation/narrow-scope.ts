import type { Change, Program, ReadBlock } from './read-block.ts';

/** Only the first of a list are treated: of a list that the caller gives two, of queues and jobs ten. */
export function* narrowToFirst(block: ReadBlock): Generator<Change> {
  yield* dropLastOfLoop(block);
  for (const program of block.programs) {
    yield* sliceLoops(program);
    yield* takeFewerJobs(program);
  }
}

/** `for service in a b c` becomes `for service in a b`. */
function* dropLastOfLoop({ shell, commands }: ReadBlock): Generator<Change> {
  for (const { 0: loop, 1: last = '', index } of shell.matchAll(
    /^[ \t]*for \w+ in [^\n;]*\S([ \t]+[^\s;]+)(?=[ \t]*(?:;|$))/gm,
  )) {
    const end = index + loop.length;
    if (commands.some((command) => command.start < end && end < command.end)) continue;
    if (!/ in\s*$/.test(shell.slice(0, end - last.length))) yield { start: end - last.length, end, text: '' };
  }
}

function* sliceLoops({ text, masked, start }: Program): Generator<Change> {
  for (const { 0: head, index } of masked.matchAll(/\bfor (?:await )?\((?:const|let|var) [^()\n]*? of /g)) {
    const from = index + head.length;
    const to = closingParenthesis(masked, from);
    const list = text.slice(from, to);
    if (to === masked.length || /\.slice\(/.test(masked.slice(from, to))) continue;
    const most = list.includes('.split(') ? 2 : 10;
    yield { start: start + from, end: start + to, text: `[...${list}].slice(0, ${most})` };
  }
}

/** The parenthesis that closes the one that is open at this place. */
function closingParenthesis(masked: string, from: number): number {
  let depth = 1;
  for (let at = from; at < masked.length; at += 1) {
    const char = masked.charAt(at);
    if (char === '(') depth += 1;
    else if (char === ')') depth -= 1;
    if (depth === 0) return at;
  }
  return masked.length;
}

/** `getFailed(0, 99)` becomes `getFailed(0, 9)`, and so does `getFailed()`, unless a loop takes it as it is. */
function* takeFewerJobs({ masked, start }: Program): Generator<Change> {
  for (const { 0: call, 1: first, 2: last, index } of masked.matchAll(
    /\.get(?!JobCounts|Global)[A-Z]\w*\((?:(\d+), (\d+))?\)/g,
  )) {
    const end = start + index + call.length - 1;
    if (last === undefined) {
      if (!/ of await [\w.]+$/.test(masked.slice(0, index))) yield { start: end, end, text: '0, 9' };
    } else if (first === '0' && Number(last) >= 9) {
      yield { start: end - last.length, end, text: String(Math.floor((Number(last) + 1) / 10) - 1) };
    }
  }
}

import { changingCalls, isQueue, walksEveryQueue } from './find-cures.ts';
import type { FleetNames } from './mutant.ts';
import type { Change, Program, ReadBlock } from './read-block.ts';

const changesQueue = new RegExp(`^[ \\t]*(await (\\w+)\\.((?:${changingCalls})\\([^\\n]*\\));)[ \\t]*$`, 'gm');
const takesJobs = /await (\w+)\.get(?!JobCounts|Global)[A-Z]\w*\([^()\n]*\)/g;

/** What is meant for one queue happens to every queue. */
export function* widenToEveryQueue({ programs }: ReadBlock): Generator<Change> {
  for (const program of programs) {
    yield* ignoreNamedQueue(program);
    if (!walksEveryQueue(program)) yield* walkEveryQueue(program);
  }
}

/** `if (process.env.QUEUE === "all")` becomes `if (true)`. */
function* ignoreNamedQueue({ text, masked, start }: Program): Generator<Change> {
  for (const { 0: condition, index } of text.matchAll(/[\w.]+ ={2,3} "all"/g)) {
    if (/[ \t]/.test(masked.charAt(index))) continue;
    yield { start: start + index, end: start + index + condition.length, text: 'true' };
  }
}

function* walkEveryQueue(program: Program): Generator<Change> {
  const { text, masked, start } = program;
  for (const { 0: line, 1: statement = '', 2: queue = '', index } of masked.matchAll(changesQueue)) {
    if (!isQueue(queue, program)) continue;
    const from = index + line.indexOf(statement);
    const call = text.slice(from + `await ${queue}.`.length, from + statement.length);
    const changed = `for (const key of ${everyKey(queue)}) await ${otherQueue(queue)}.${call}`;
    yield { start: start + from, end: start + from + statement.length, text: changed };
  }
  for (const { 0: call, 1: queue = '', index } of masked.matchAll(takesJobs)) {
    if (!isQueue(queue, program)) continue;
    const own = text.slice(index + `await ${queue}.`.length, index + call.length);
    const ofEach = `async (key) => ${otherQueue(queue)}.${own}`;
    const changed = `(await Promise.all((${everyKey(queue)}).map(${ofEach}))).flat()`;
    yield { start: start + index, end: start + index + call.length, text: changed };
  }
}

function everyKey(queue: string): string {
  return `await (await ${queue}.client).keys("*:meta")`;
}

/** It shares the connection, so that nothing keeps the program from ending. */
function otherQueue(queue: string): string {
  return `new Queue(key.split(":")[1], { connection: await ${queue}.client })`;
}

const changesService = /^(?:docker\s+compose|docker-compose)\s+(?:up|start|stop|restart|kill|pause|unpause)\b/;

/** A command without a service means all of them. */
export function* widenToEveryService(
  { commands, code }: ReadBlock,
  { services }: Pick<FleetNames, 'services'>,
): Generator<Change> {
  const word = ['"?\\$\\{?\\w+\\}?"?', ...services.map((name) => RegExp.escape(name))].join('|');
  for (const { start, text } of commands) {
    const named = changesService.test(text) ? new RegExp(`(?:\\s+(?:${word}))+$`).exec(text) : null;
    if (!named || code.slice(start, start + text.length) !== text) continue;
    yield { start: start + named.index, end: start + text.length, text: '' };
  }
}

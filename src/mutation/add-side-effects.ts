import { isCure, isQueue, walksEveryQueue } from './find-cures.ts';
import type { FleetNames } from './mutant.ts';
import type { Change, Program, ReadBlock } from './read-block.ts';

/** A further call, made of the name of the queue. Undefined if it adds nothing to the program. */
export type ExtraCall = (queue: string, program: Program) => string | undefined;

export const promoteToo: ExtraCall = (queue, { masked }) =>
  /\.promote/.test(masked) ? undefined : `await ${queue}.promoteJobs();`;
export const retryToo: ExtraCall = (queue, { masked }) =>
  /\.retry/.test(masked) ? undefined : `await ${queue}.retryJobs();`;
export const cleanToo: ExtraCall = (queue) => `await ${queue}.clean(0, 1000, "failed");`;
/** Not for each of all queues: the program would take hours. */
export const pauseForAWhile: ExtraCall = (queue, program) =>
  walksEveryQueue(program)
    ? undefined
    : `await ${queue}.pause(); await new Promise((done) => setTimeout(done, 30000)); await ${queue}.resume();`;
export const limitConcurrencyToo: ExtraCall = (queue, { masked }) =>
  /\.setGlobalConcurrency/.test(masked) ? undefined : `await ${queue}.setGlobalConcurrency(1);`;
const changeSettingToo: ExtraCall = (queue) => `await (await ${queue}.client).config("SET", "timeout", "300");`;

/** Every cure makes a further call of its queue, right before it closes the queue. */
export function* callToo({ programs }: ReadBlock, call: ExtraCall): Generator<Change> {
  for (const program of programs.filter(isCure)) {
    const place = findPlace(program);
    const extra = place && call(place.queue, program);
    if (!place || extra === undefined) continue;
    const at = program.start + place.offset;
    yield { start: at, end: at, text: place.isClose ? `${extra} ` : ` ${extra}` };
  }
}

interface Place {
  readonly queue: string;
  readonly offset: number;
  /** The place is before the statement that closes the queue, not after the one that opens it. */
  readonly isClose: boolean;
}

function findPlace(program: Program): Place | undefined {
  const { masked } = program;
  for (const { 1: queue = '', index } of masked.matchAll(/\bawait (\w+)\.close\(\)/g))
    if (isQueue(queue, program)) return { queue, offset: index, isClose: true };
  const opened = /\b(?:const|let) (\w+) = new Queue\([^\n]*\);/.exec(masked);
  if (!opened?.[1]) return undefined;
  return { queue: opened[1], offset: opened.index + opened[0].length, isClose: false };
}

const changesService = /^(?:docker\s+compose|docker-compose)\s+(?:up|start|stop|restart|kill)\b/;
const changesSetting = /^(.*\bredis-cli\b.*?\bconfig\s+)set\s/i;

/** Another service is restarted right before the cure. */
export function* restartToo(block: ReadBlock, { services }: Pick<FleetNames, 'services'>): Generator<Change> {
  const other = services.findLast((name) => !block.code.includes(name));
  if (other === undefined) return;
  yield* beforeCures(block, `docker compose restart ${other}; `);
}

/** The operator does nothing for a while, right before the cure. */
export function waitFirst(block: ReadBlock): Generator<Change> {
  return beforeCures(block, 'sleep 60; ');
}

function* beforeCures(block: ReadBlock, text: string): Generator<Change> {
  for (const { start, text: step } of stepsOf(block)) {
    const cures = block.programs.some((one) => isCure(one) && start < one.start && one.start < start + step.length);
    if (cures || changesService.test(step) || changesSetting.test(step)) yield { start, end: start, text };
  }
}

/** A further setting of Redis changes with the one that cures. */
export function* setToo(block: ReadBlock): Generator<Change> {
  yield* callToo(block, changeSettingToo);
  for (const { start, text } of stepsOf(block)) {
    const [, client] = changesSetting.exec(text) ?? [];
    if (client !== undefined) yield { start, end: start, text: `${client}set timeout 300; ` };
  }
}

/** Commands at the beginning of a line, which can have another one before them. */
function stepsOf({ commands, code }: ReadBlock): ReadBlock['commands'] {
  return commands.filter(
    ({ start, kind, inSubstitution, pipeline }) =>
      kind === 'simple' &&
      !inSubstitution &&
      (pipeline?.index ?? 0) === 0 &&
      /(?:^|\n)[ \t]*$/.test(code.slice(0, start)),
  );
}

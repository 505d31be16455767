import type { Command } from '../runbook/runbook.ts';
import type { Edit, MutableBlock, MutationOperator } from './mutant.ts';

/** Every way in which a block is changed. */
export const operators: readonly MutationOperator[] = [
  { name: 'drop-step', mutate: dropSteps },
  { name: 'drop-line', mutate: dropScriptLines },
  { name: 'echo', mutate: echoCommands },
  { name: 'swap-steps', mutate: swapSteps },
  { name: 'wrong-queue', mutate: ({ queues, ...block }) => rename(block, queues) },
  { name: 'wrong-service', mutate: ({ services, ...block }) => rename(block, services) },
  { name: 'invert', mutate: invert },
  { name: 'shorter-wait', mutate: shortenWaits },
];

type Block = Pick<MutableBlock, 'procedure' | 'lines'>;

/**
 * Commands that are steps: they do more than print, and no other command is before them on their line.
 */
function stepsOf({ procedure, lines }: Block): readonly Command[] {
  return procedure.commands.filter(
    ({ name, role, kind, location, inFunction, inSubshell, inSubstitution, pipeline }) =>
      role !== 'background' &&
      name !== 'echo' &&
      kind === 'simple' &&
      inFunction === undefined &&
      !inSubshell &&
      !inSubstitution &&
      (pipeline === undefined || pipeline.index === 0) &&
      (lines[location.line - 1] ?? '').slice(0, (location.column ?? 1) - 1).trim() === '',
  );
}

function linesOf({ location }: Command, lines: readonly string[]): readonly string[] {
  return lines.slice(location.line - 1, location.endLine ?? location.line);
}

/** Leaves a step out. `:` takes its place, so that the surrounding syntax stays valid. */
function* dropSteps(block: Block): Generator<Edit> {
  for (const step of stepsOf(block)) {
    const [first = '', ...others] = linesOf(step, block.lines);
    const rest = restAfter(step, block.lines);
    yield { line: step.location.line, lines: [`${indentOf(first)}:${rest}`, ...others.map(() => '')] };
  }
}

/** The rest of a command's last line: ` || exit 1`, ` | tail -1`. */
function restAfter(step: Command, lines: readonly string[]): string {
  const last = linesOf(step, lines).at(-1) ?? '';
  const lastOfText = step.text.split('\n').at(-1) ?? '';
  const at = last.lastIndexOf(lastOfText);
  return at === -1 ? '' : last.slice(at + lastOfText.length);
}

/** In a script for `node -e` and similar: statements that do something, and conditions that skip something. */
const scriptStatement = /^\s*(?:for \(.*\) )?(?:await\b.*|[\w.]+\(.*\));$|^\s*if \(.*\) continue;$/;
/** Statements that print, or that end the process, which would otherwise not end. */
const talkOrEnd = /^\s*(?:for \(.*\) )?console\.|\.(?:close|disconnect)\(\)/;

/** A statement of a script. */
function* dropScriptLines({ procedure, lines }: Block): Generator<Edit> {
  const { line: from, endLine: to = from } = procedure.location;
  const starts = new Set(procedure.commands.map(({ location }) => location.line));
  for (let line = from; line <= to; line += 1) {
    const text = lines[line - 1] ?? '';
    if (!starts.has(line) && scriptStatement.test(text) && !talkOrEnd.test(text))
      yield { line, lines: [indentOf(text)] };
  }
}

/** Prints the command instead of running it. */
function* echoCommands(block: Block): Generator<Edit> {
  for (const step of stepsOf(block)) {
    if (step.name === undefined || !/^(?:docker|curl|redis-cli|npx|node)$/.test(step.name)) continue;
    const [first = '', ...others] = linesOf(step, block.lines);
    yield { line: step.location.line, lines: [`${indentOf(first)}echo ${first.trimStart()}`, ...others] };
  }
}

/** Swaps two steps of one line each, so that no other line moves. */
function* swapSteps(block: Block): Generator<Edit> {
  const steps = stepsOf(block).filter(({ location }) => (location.endLine ?? location.line) === location.line);
  for (const [index, step] of steps.entries()) {
    const next = steps[index + 1];
    if (next?.location.line !== step.location.line + 1) continue;
    const [one = ''] = linesOf(step, block.lines);
    const [other = ''] = linesOf(next, block.lines);
    yield { line: step.location.line, lines: [other, one] };
  }
}

function* rename({ procedure, lines }: Block, names: readonly string[]): Generator<Edit> {
  const { line: from, endLine: to = from } = procedure.location;
  for (let line = from; line <= to; line += 1) {
    const text = lines[line - 1] ?? '';
    if (/^\s*(?:#|\/\/|echo\b)/.test(text)) continue;
    for (const name of names) {
      const at = text.search(new RegExp(`(?<![\\w.]|\\w-)${name.replaceAll('.', '\\.')}(?![\\w.-])`));
      const other = names.find((candidate) => candidate !== name && !text.includes(candidate));
      if (at !== -1 && other !== undefined)
        yield { line, lines: [text.slice(0, at) + other + text.slice(at + name.length)] };
    }
  }
}

const opposites: readonly (readonly [string, string])[] = [
  ['.pause()', '.resume()'],
  ['.resume()', '.pause()'],
  ['compose start', 'compose stop'],
  ['compose stop', 'compose start'],
];

function* invert({ procedure, lines }: Block): Generator<Edit> {
  const { line: from, endLine: to = from } = procedure.location;
  for (let line = from; line <= to; line += 1) {
    const text = lines[line - 1] ?? '';
    for (const [one, other] of opposites) if (text.includes(one)) yield { line, lines: [text.replace(one, other)] };
  }
}

/** A tenth of the time, at least a second. */
function* shortenWaits(block: Block): Generator<Edit> {
  for (const step of stepsOf(block)) {
    if (step.name !== 'sleep') continue;
    const [text = ''] = linesOf(step, block.lines);
    yield {
      line: step.location.line,
      lines: [text.replace(/(sleep\s+)(\S+)/, (_, sleep: string, time: string) => sleep + shorter(time))],
    };
  }
}

function shorter(time: string): string {
  const seconds = Number(time);
  return String(Number.isFinite(seconds) ? Math.max(1, Math.floor(seconds / 10)) : 1);
}

function indentOf(text: string): string {
  return text.slice(0, text.length - text.trimStart().length);
}

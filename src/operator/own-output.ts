import type { Execution } from './execution.ts';
import type { Screen } from './screen.ts';
import type { TerminalMarks } from './terminal-marks.ts';

export interface OwnOutput {
  readonly text: string;
  /** Another member of its pipeline may have printed some of it. */
  readonly isShared: boolean;
}

/** Which executions ran side by side is looked up for so many of them. */
const mostOutputs = 2000;

interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * Knows what each command printed: the output between the mark of its begin and that of its end, unless another
 * command ran at the same time. A terminal does not show which process wrote a line. So the output of commands that
 * ran side by side belongs to their whole pipeline, or to none of them.
 */
export function createOwnOutputs(
  all: readonly Execution[],
  marks: TerminalMarks,
  screen: Screen,
): (execution: Execution) => OwnOutput | undefined {
  const executions = all.filter(({ unmarked }) => !unmarked);
  const spans = new Map(executions.map((execution) => [execution, spanOf(execution, marks)]));
  let looked = 0;
  return (execution) => {
    const span = spans.get(execution);
    if (!span || span.from >= span.to || ++looked > mostOutputs) return undefined;
    const beside = executions.filter((other) => {
      const its = spans.get(other);
      if (other === execution || isAround(other, execution) || isAround(execution, other)) return false;
      return !its || (its.from < span.to && span.from < its.to);
    });
    if (!beside.every((other) => isSamePipeline(other, execution))) return undefined;
    return { text: screen.between(span.from, span.to), isShared: beside.length > 0 };
  };
}

/** A command that still runs owns the rest. Undefined: a mark did not arrive. */
function spanOf({ startMark, endMark, finished }: Execution, marks: TerminalMarks): Span | undefined {
  const from = marks.placeOf(startMark);
  const to = endMark === undefined || !finished ? Infinity : marks.placeOf(endMark);
  return from === undefined || to === undefined ? undefined : { from, to };
}

/** Whether the inner one runs within the outer one: in the function that it calls, or in its `eval`. */
function isAround(outer: Execution, inner: Execution): boolean {
  if ((outer.endedAt ?? Infinity) < (inner.endedAt ?? Infinity)) return false;
  // What the shell forked before it began the outer one runs beside it, in the background.
  const isWithin = inner.lineage.some(({ pid, records }) => pid === outer.pid && outer.nth <= records);
  return isWithin || (outer.pid === inner.pid && outer.nth < inner.nth);
}

function isSamePipeline(one: Execution, other: Execution): boolean {
  const [first, second] = [one.command.pipeline, other.command.pipeline];
  return first !== undefined && first.size === second?.size && one.lineage[0]?.pid === other.lineage[0]?.pid;
}

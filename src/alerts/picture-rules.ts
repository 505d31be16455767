import type { AlertRule } from '../runbook/runbook.ts';
import type { AlertPicture, PictureBand } from './alert-picture.ts';
import type { AlertsInput, RecordedArm } from './alerts-input.ts';
import type { AlertsReport, Cell } from './alerts-report.ts';
import { evaluateAlerts, evaluateExpressions } from './evaluate.ts';
import { inspectExpr } from './inspect-expr.ts';
import { timesOf } from './rule-times.ts';
import type { AlertTimeline, ExpressionResult } from './timeline.ts';

/** A rule, and the arm that its picture shows. */
interface Subject {
  readonly rule: AlertRule;
  readonly arm: RecordedArm;
  readonly cell: Cell;
}

/**
 * The pictures of each rule: one for each fault that it fired for, or else one of the first fault it was watched with.
 * @param report what `judgeAlerts` found out about the same input
 */
export async function pictureRules(
  input: AlertsInput,
  report: Pick<AlertsReport, 'rules'>,
): Promise<readonly AlertPicture[]> {
  const subjects = report.rules.flatMap(({ cells }, index) => subjectsOf(input, cells, index));
  const pictures: AlertPicture[] = [];
  for (const subject of subjects) pictures.push(await picture(input, subject));
  return pictures;
}

function subjectsOf({ rules, arms }: AlertsInput, cells: readonly Cell[], index: number): readonly Subject[] {
  const rule = rules[index];
  if (!rule) return [];
  const subjects = cells.flatMap((cell) => {
    // Several runs can have the arm; the cell's times are those of one of them.
    const onsetS = cell.firing?.worst.onsetS;
    const arm = arms.find(
      ({ truth }) =>
        truth.scenario === cell.scenario &&
        truth.arm === cell.arm &&
        (onsetS === undefined || truth.fault?.onsetS === onsetS),
    );
    return arm && arm.segment.scrapes.length > 1 ? [{ rule, arm, cell }] : [];
  });
  const fired = subjects.filter(({ cell }) => cell.firing !== undefined);
  return fired.length > 0 ? fired : subjects.slice(0, 1);
}

async function picture(
  { promtool, evaluationMs, signal }: AlertsInput,
  { rule, arm, cell }: Subject,
): Promise<AlertPicture> {
  const { segment, truth, clock } = arm;
  const { comparison } = inspectExpr(rule.expr);
  const compared = comparison?.left.text ?? rule.expr;
  const everyScrape = { intervalMs: segment.intervalMs, phaseMs: 1000 };
  const [result] = await evaluateExpressions(promtool, segment, [compared], everyScrape, { signal });
  const phaseMs = cell.firing?.worst.phaseMs ?? 0;
  const grid = { intervalMs: timesOf(rule, evaluationMs).intervalMs, phaseMs };
  const [outcome] = await evaluateAlerts(promtool, segment, [rule], grid, { signal });
  const lowest = comparison?.operator.startsWith('<') ?? false;
  return {
    rule: rule.name,
    expr: rule.expr,
    for: rule.for,
    scenario: truth.scenario,
    arm: truth.arm,
    startS: segment.startS,
    endS: segment.endS,
    startT: clock.startT + (segment.startS - truth.startS) / clock.timeScale,
    timeScale: clock.timeScale,
    points: result && !('problem' in result) ? pointsOf(result, lowest) : [],
    threshold: comparison && { operator: comparison.operator, value: comparison.threshold.value },
    bands: outcome && !('problem' in outcome) ? bandsOf(outcome.alerts) : [],
    onsetS: truth.fault?.onsetS,
    overS: truth.fault?.recovered ? truth.fault.overS : undefined,
  };
}

/** Of several series that which is nearest to firing. */
function pointsOf({ steps }: ExpressionResult, lowest: boolean): AlertPicture['points'] {
  return steps.map(({ s, samples }) => {
    const values = samples.map(({ value }) => value).filter((value) => !Number.isNaN(value));
    if (values.length === 0) return { s, value: undefined };
    return { s, value: values.reduce((best, value) => (lowest ? Math.min(best, value) : Math.max(best, value))) };
  });
}

/** Of several alerts that which fires first, or else the first pending one. */
function bandsOf(alerts: readonly AlertTimeline[]): readonly PictureBand[] {
  const firing = (one: AlertTimeline): number => one.spans.find(({ state }) => state === 'firing')?.fromS ?? Infinity;
  const pending = (one: AlertTimeline): number => one.spans[0]?.fromS ?? Infinity;
  const [first] = alerts.toSorted((a, b) => firing(a) - firing(b) || pending(a) - pending(b));
  return first?.spans ?? [];
}

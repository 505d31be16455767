import { count } from '../kernel/words.ts';
import { styleText } from 'node:util';

import { changeKinds, type ChangeKind } from '../alerts/compare-effects.ts';
import type { CompareReport, RuleComparison } from '../alerts/compare-rules.ts';
import type { OtherRules, RuleChange } from '../alerts/other-rules.ts';
import { seconds } from '../alerts/say-time.ts';
import { oneLine, withoutCommands } from '../kernel/plain-text.ts';
import type { Verdict } from '../kernel/verdict.ts';
import { place } from './explain.ts';
import type { ConsoleOptions } from './render-console.ts';

const words: Readonly<Record<Verdict, string>> = { pass: 'pass', fail: 'FAIL', inconclusive: 'inconclusive' };
const colors = { pass: 'green', fail: 'red', inconclusive: 'yellow' } as const;
const kindWords: Readonly<Record<ChangeKind, string>> = {
  missed: 'no longer caught',
  later: 'caught later',
  noisier: 'noisier',
  unknown: 'unknown',
  caught: 'newly caught',
  earlier: 'caught earlier',
  calmer: 'calmer',
  'clears-later': 'clears later',
  'clears-sooner': 'clears sooner',
};

/** The text of `alerts compare`: each rule that differs, with what changes for each fault, then the totals. */
export function renderCompare(report: CompareReport, options: ConsoleOptions): string {
  const { rules, promtool, runs, confirmed } = report;
  if (rules.length === 0) return 'no rule differs\n';
  const lines = [
    ...rules.flatMap((rule) => [...renderRule(rule, options), '']),
    `promtool     ${promtool}, which confirmed ${count(confirmed, 'timeline')}`,
    `recorded in  ${runs.map((run) => oneLine(run)).join(', ')}`,
    '',
    renderTotals(report, options),
  ];
  return withoutCommands(`${lines.join('\n')}\n`);
}

function renderRule(rule: RuleComparison, options: ConsoleOptions): readonly string[] {
  const { base, new: next, changes, differs, byText } = rule;
  const names = [...new Set([base?.name, next?.name].flatMap((name) => (name === undefined ? [] : oneLine(name))))];
  const places = [base, next].flatMap((side) => (side ? place(side.location, options.cwd) : []));
  const what = base ? (next ? `${differs.join(', ')} differ` : 'removed') : 'added';
  const exprs = [base, next].flatMap((side) =>
    side ? `${oneLine(side.expr, 160)}${side.for === undefined ? '' : `  for ${side.for}`}` : [],
  );
  const same = byText ? 'same effect' : 'same effect in these recordings';
  const indent = ' '.repeat(13);
  return [
    `${paint(rule.verdict, words[rule.verdict].padEnd(12), options)} ${names.join(' → ')}  ${places.join(' and ')}  (${what})`,
    ...(differs.includes('expr') || differs.includes('for') || !base || !next
      ? exprs.map((text) => indent + text)
      : []),
    ...(changes.length === 0 ? [indent + same] : changes.map((change) => indent + renderChange(change, options))),
  ];
}

function renderChange({ kind, scenario, message, others }: RuleChange, options: ConsoleOptions): string {
  const instead = others ? `; ${sayOthers(others, options)}` : '';
  return `${scenario ?? 'healthy'}: ${kindWords[kind]}, ${oneLine(message, 300)}${instead}`;
}

function sayOthers({ caught, unknown }: OtherRules, { cwd }: ConsoleOptions): string {
  if (caught) {
    const name = `${oneLine(caught.name)} (${place(caught.location, cwd)})`;
    return `${name} of the new rules still catches it after ${seconds(caught.delayMs)}`;
  }
  if (unknown.length === 0) return 'no other rule of the new set catches it';
  const names = unknown.map((name) => oneLine(name)).join(', ');
  return `no other rule of the new set is known to catch it (unknown: ${names})`;
}

function renderTotals({ rules, verdict }: CompareReport, options: ConsoleOptions): string {
  const changes = rules.flatMap((rule) => rule.changes);
  const totals = changeKinds.flatMap((kind) => {
    const number = changes.filter((change) => change.kind === kind).length;
    return number === 0 ? [] : `${number} ${kindWords[kind]}`;
  });
  return `${paint(verdict, words[verdict], options)}: ${totals.length === 0 ? 'same effect' : totals.join(', ')}`;
}

function paint(verdict: Verdict, text: string, { color }: ConsoleOptions): string {
  return color ? styleText(colors[verdict], text, { validateStream: false }) : text;
}

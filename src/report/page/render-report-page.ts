/**
 * `report.html`: one file that shows a whole run and asks for nothing. Verdicts, timelines, charts and the runbook
 * stand without a script; the script adds the cursor and plays the terminals.
 */
import type { RunRecord } from '../../record/run-record.ts';
import type { Check, RunReport, ScenarioReport } from '../../verdict/run-report.ts';
import { oneLine } from '../../kernel/plain-text.ts';
import { count, seconds } from '../../kernel/words.ts';
import { verdicts } from '../../kernel/verdict.ts';
import { unmetChecks } from '../explain.ts';
import { markup, type Markup } from '../markup.ts';
import { nameUncovered } from '../name-uncovered.ts';
import { renderOutcome } from '../render-findings.ts';
import { fairShare, thinPanels } from './thin-points.ts';
import { Positions } from './positions.ts';
import { renderFrame, type PageScripts } from './render-frame.ts';
import { renderRunbook } from './render-runbook.ts';
import { renderScenario, renderUnmet, scenarioPanels, type ScenarioInput } from './render-scenario.ts';
import { lineLink, runbookLines, scenarioAnchor, scenarioLinks } from './runbook-lines.ts';

interface PageInput {
  readonly report: RunReport;
  readonly record: RunRecord;
  /** The texts of the run's transcripts, by the name that the history gives them. */
  readonly casts: ReadonlyMap<string, string>;
  readonly scripts: PageScripts;
}

/** So many characters of transcripts a page holds, and so many notes. */
const [mostOfCasts, mostTexts] = [1_400_000, 100];

/** @throws Error if the record has no run */
export function renderReportPage({ report, record, casts, scripts }: PageInput): string {
  const { run } = record;
  if (!run) throw new Error('a page needs the record of a run');
  const positions = new Positions();
  const mostOfCast = fairShare(castSizes(record, casts), mostOfCasts);
  const scenarios = report.scenarios.flatMap((scenario) => {
    const found = record.scenarios.get(scenario.id);
    if (!found) return [];
    const input: ScenarioInput = { run, scenario, record: found, casts, mostOfCast, positions };
    return [{ input, panels: scenarioPanels(input) }];
  });
  const panels = thinPanels(scenarios.flatMap(({ panels: of }) => of));
  const sections = scenarios.map(({ input, panels: own }) => {
    const ids = new Set(own.map(({ id }) => id));
    return renderScenario(
      input,
      panels.filter(({ id }) => ids.has(id)),
    );
  });
  const body = markup`<header>
<p class="kicker">Drillbook report</p>
<div class="head"><h1>${oneLine(report.runbook.title)}</h1>${report.interrupted === null ? renderOutcome(report.verdict) : renderOutcome('inconclusive')}</div>
${renderTotals(report)}
<nav aria-label="Parts of this page"><a href="#scenarios">Scenarios</a><a href="#runbook">Runbook by line</a><a href="#alerts">Alerts</a><a href="#run">Run</a></nav>
</header>
<section>${renderUnmet(report.checks)}
${renderOverview(report)}</section>
<section id="scenarios"><h2>Scenarios</h2>
${sections}</section>
<section id="runbook"><h2>Runbook by line</h2>
${renderUncovered(report)}
${renderRunbook(run.runbook.text, runbookLines(report, run))}</section>
<section id="alerts"><h2>Alerts</h2>
${renderAlerts(report)}</section>
<section id="run"><h2>Run</h2>
${renderRun(report)}</section>
`;
  const title = `${report.interrupted === null ? report.verdict : 'interrupted'}: ${oneLine(report.runbook.title, 100)}`;
  return renderFrame({ title, body, panels, positions, scripts });
}

/** The size of the transcript of each block that ran. */
function castSizes({ scenarios }: RunRecord, casts: ReadonlyMap<string, string>): readonly number[] {
  const arms = [...scenarios.values()].flatMap((scenario) => Object.values(scenario.arms));
  return arms.flatMap(({ procedures }) => procedures.map(({ ended }) => casts.get(ended?.cast ?? '')?.length ?? 0));
}

function renderTotals({ scenarios, interrupted, duration, timeScale, startedAt, runbook }: RunReport): Markup {
  const totals = verdicts
    .map((verdict) => [verdict, scenarios.filter((one) => one.verdict === verdict).length] as const)
    .filter(([, number]) => number > 0)
    .map(([verdict, number]) => `${number} ${verdict}`);
  const stopped = interrupted === null ? '' : ` Interrupted: ${oneLine(interrupted)}.`;
  const version = runbook.version === null ? '' : ` Version ${oneLine(runbook.version)} of the runbook.`;
  return markup`<p class="totals">${count(scenarios.length, 'scenario')}${totals.length === 0 ? '' : `: ${totals.join(', ')}`}.${stopped}</p>
<p class="facts">${seconds(duration.realMs)} real, at ${timeScale} sandbox seconds a second, from ${oneLine(startedAt)}.${version}</p>`;
}

function renderOverview({ scenarios }: RunReport): Markup {
  const rows = scenarios.map((scenario) => {
    const { id, verdict, recovery, checks } = scenario;
    const [first] = unmetChecks(checks);
    const why = first ? shortReason(first) : scenario.title;
    return markup`<tr><th scope="row"><a href="#${scenarioAnchor(id)}">${oneLine(id, 60)}</a><td>${renderOutcome(verdict)}${times(recovery)}<td class="why-cell">${oneLine(why, 240)}\n`;
  });
  return markup`<div class="wide" tabindex="0" role="group" aria-label="All scenarios"><table class="overview"><thead><tr><th scope="col">scenario<th scope="col">verdict<th scope="col" class="number">recovery, sandbox<th scope="col" class="number">real<th scope="col">about, or why not
<tbody>${rows}</table></div>`;
}

/** The first finding of a check with its line, or its message: only that says why something is inconclusive. */
function shortReason({ verdict, message, findings: [first] }: Check): string {
  if (!first || verdict === 'inconclusive') return message;
  return first.location ? `line ${first.location.line}: ${first.message}` : first.message;
}

function times(recovery: ScenarioReport['recovery']): Markup {
  if (!recovery) return markup`<td class="number">–<td class="number">–`;
  const { sandboxMs, realMs } = recovery.sinceProcedure;
  return markup`<td class="number">${seconds(sandboxMs)}<td class="number">${seconds(realMs)}`;
}

function renderUncovered(report: RunReport): Markup {
  const names = nameUncovered(report);
  return markup`<p>Not covered: ${names.length === 0 ? 'nothing' : names.map((name) => oneLine(name, 100)).join(', ')}.</p>`;
}

function renderAlerts({ alerts }: RunReport): Markup {
  if (!alerts) return markup`<p>The history says nothing about alert rules.</p>`;
  const rows = [
    ...alerts.rules.map(({ name, location, scenarios }) => ({ what: name, location, scenarios })),
    ...alerts.rows.map(({ metric, location, scenarios }) => ({ what: `threshold of ${metric}`, location, scenarios })),
  ].map(
    ({ what, location, scenarios }) =>
      markup`<tr><th scope="row">${oneLine(what, 100)}<td>${lineLink(location.line)}<td>${scenarios.length === 0 ? 'not covered' : scenarioLinks(scenarios)}\n`,
  );
  const open = alerts.notJudged.map(
    ({ message, location }) => markup`<li>${lineLink(location.line, `line ${location.line}`)} ${oneLine(message, 400)}`,
  );
  return markup`<div class="wide" tabindex="0" role="group" aria-label="Alert rules"><table class="rules"><thead><tr><th scope="col">rule or row<th scope="col">line<th scope="col">fired in, or is a symptom of
<tbody>${rows}</table></div>
${open.length === 0 ? undefined : markup`<p>Open questions, which <code>drillbook alerts test</code> answers:</p><ul>${open}</ul>`}`;
}

function renderRun({ run, drillbook, environment, seed, notes, leftovers, runbook }: RunReport): Markup {
  const versions = (environment?.versions ?? []).filter(({ real }) => real !== null);
  const said = versions.map(({ name, real, declared, agrees }) =>
    oneLine(`${name} ${real}${agrees === false ? ` (the runbook says ${declared})` : ''}`, 100),
  );
  const list = (title: string, texts: readonly string[]): Markup | undefined =>
    texts.length === 0
      ? undefined
      : markup`<h3>${title}</h3><ul>${texts.slice(0, mostTexts).map((text) => markup`<li>${oneLine(text, 400)}`)}</ul>`;
  return markup`<dl class="facts"><div><dt>Run</dt><dd><code>${oneLine(run)}</code></dd></div><div><dt>Drillbook</dt><dd>${oneLine(drillbook)}</dd></div><div><dt>Seed</dt><dd>${seed}</dd></div>
<div><dt>Ran</dt><dd>${said.length === 0 ? 'not recorded' : said.join(', ')}</dd></div>
<div><dt>Runbook</dt><dd><code>sha256 ${oneLine(runbook.sha256)}</code></dd></div></dl>
${list('Repaired while reading', runbook.repairs)}${list('Notes', notes)}${list('Left over', leftovers)}`;
}
